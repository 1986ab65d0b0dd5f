import { useParams } from "react-router";

import { NeedsManageConfig } from "@/app/pages/organization-rights";
import { PlaceIntegrations } from "@/app/pages/place-panels";

/** An organization's integrations: its own settings and those it inherits. */
export function OrganizationIntegrations() {
  const { organizationId = "" } = useParams();
  return (
    <NeedsManageConfig organizationId={organizationId}>
      <PlaceIntegrations key={organizationId} place={organizationId} />
    </NeedsManageConfig>
  );
}
