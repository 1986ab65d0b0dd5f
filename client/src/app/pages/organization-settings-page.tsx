import type { ComponentType } from "react";
import { useParams } from "react-router";

import { OrganizationConfiguration } from "@/app/pages/organization-configuration";
import { OrganizationIntegrations } from "@/app/pages/organization-integrations";
import { OrganizationSecrets } from "@/app/pages/organization-secrets";
import { useMe } from "@/shared/session/session-context";
import { Page } from "@/shared/ui/page";
import { PageTabs } from "@/shared/ui/page-tabs";

interface PartPageProps {
  part: ComponentType<{ organizationId: string }>;
}

function PartPage({ part: Part }: PartPageProps) {
  const me = useMe();
  const { organizationId = "" } = useParams();
  const path = `/organizations/${organizationId}`;
  return (
    <Page title={me.organizations.find(({ id }) => id === organizationId)?.name ?? "Organization"}>
      <PageTabs
        label="Parts of the organization"
        tabs={[
          { path: `${path}/configuration`, label: "Configuration" },
          { path: `${path}/secrets`, label: "Secrets" },
          { path: `${path}/integrations`, label: "Integrations" },
        ]}
      />
      <Part organizationId={organizationId} />
    </Page>
  );
}

/** What workflows get for one organization. */
export function OrganizationConfigurationPage() {
  return <PartPage part={OrganizationConfiguration} />;
}

/** The secrets of one organization. */
export function OrganizationSecretsPage() {
  return <PartPage part={OrganizationSecrets} />;
}

/** Where and as whom workflows connect for one organization. */
export function OrganizationIntegrationsPage() {
  return <PartPage part={OrganizationIntegrations} />;
}
