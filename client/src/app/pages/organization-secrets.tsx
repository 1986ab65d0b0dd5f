import { useParams } from "react-router";

import { NeedsAdmin } from "@/app/pages/organization-rights";
import { PlaceSecrets } from "@/app/pages/place-panels";

/** An organization's secrets, by name. */
export function OrganizationSecrets() {
  const { organizationId = "" } = useParams();
  return (
    <NeedsAdmin what="Secrets">
      <PlaceSecrets key={organizationId} place={organizationId} />
    </NeedsAdmin>
  );
}
