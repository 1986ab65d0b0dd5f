import { useParams } from "react-router";

import { NeedsAdmin } from "@/app/pages/organization-rights";
import { PlaceConfiguration, PlaceIntegrations, PlaceSecrets } from "@/app/pages/place-panels";
import { useOrgPath } from "@/shared/session/org-link";
import { useReplacedAddress } from "@/shared/session/use-replaced-address";
import { EmptyState } from "@/shared/ui/empty-state";
import { Page } from "@/shared/ui/page";
import { PageTabs } from "@/shared/ui/page-tabs";

const tabs = [
  { path: "/settings/configuration", label: "Configuration" },
  { path: "/settings/secrets", label: "Secrets" },
  { path: "/settings/integrations", label: "Integrations" },
];

function Tab({ tab }: { tab: string }) {
  switch (tab) {
    case "configuration":
      return <PlaceConfiguration place={null} />;
    case "secrets":
      return <PlaceSecrets place={null} />;
    case "integrations":
      return <PlaceIntegrations place={null} />;
    default:
      return <EmptyState title="There is no such tab">Choose one of those above.</EmptyState>;
  }
}

/** What all organizations share, unless they have their own. */
export function SettingsPage() {
  const { tab } = useParams();
  const orgPath = useOrgPath();
  useReplacedAddress(tab === undefined ? orgPath("/settings/configuration") : null);
  return (
    <Page title="Settings" description="What all organizations share. Each can have its own in place of it.">
      <NeedsAdmin what="The settings">
        <PageTabs label="Parts of the settings" tabs={tabs} />
        {tab !== undefined && <Tab tab={tab} />}
      </NeedsAdmin>
    </Page>
  );
}
