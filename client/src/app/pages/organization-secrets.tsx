import { NeedsAdmin } from "@/app/pages/organization-rights";
import { PlaceSecrets } from "@/app/pages/place-panels";

/** An organization's secrets, by name. */
export function OrganizationSecrets({ organizationId }: { organizationId: string }) {
  return (
    <NeedsAdmin what="Secrets">
      <PlaceSecrets key={organizationId} place={organizationId} />
    </NeedsAdmin>
  );
}
