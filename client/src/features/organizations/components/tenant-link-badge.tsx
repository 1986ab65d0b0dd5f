import type { TenantLink } from "@/features/organizations/api";
import { linkState } from "@/features/organizations/model/tenant-link";
import { StateBadge } from "@/shared/ui/state-badge";

interface TenantLinkBadgeProps {
  link: TenantLink;
  /** Says of what it is the state, where nothing beside it does. */
  isNamed?: boolean;
}

/** Whether the platform reaches the tenant. */
export function TenantLinkBadge({ link, isNamed = false }: TenantLinkBadgeProps) {
  const { tone, label } = linkState(link, new Date());
  const words = label.charAt(0).toLowerCase() + label.slice(1);
  return <StateBadge tone={tone} label={isNamed ? `Microsoft 365: ${words}` : label} />;
}
