import type { TenantLink } from "@/features/organizations/api";
import { linkState } from "@/features/organizations/model/tenant-link";
import { StateBadge } from "@/shared/ui/state-badge";

/** Whether the platform reaches the tenant. */
export function TenantLinkBadge({ link }: { link: TenantLink }) {
  return <StateBadge {...linkState(link, new Date())} />;
}
