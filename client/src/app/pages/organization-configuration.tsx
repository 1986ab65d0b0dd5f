import { useParams } from "react-router";

import { NeedsManageConfig } from "@/app/pages/organization-rights";
import { PlaceConfiguration } from "@/app/pages/place-panels";

/** An organization's configuration: its own values beside those it inherits. */
export function OrganizationConfiguration() {
  const { organizationId = "" } = useParams();
  return (
    <NeedsManageConfig organizationId={organizationId}>
      <PlaceConfiguration key={organizationId} place={organizationId} />
    </NeedsManageConfig>
  );
}
