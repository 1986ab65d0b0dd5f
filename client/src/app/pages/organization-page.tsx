import { Badge, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useParams, useSearchParams } from "react-router";

import { organizationTabs, tabsFor } from "@/app/pages/organization-tabs";
import { organizations } from "@/app/pages/ways-back";
import { organizationQuery } from "@/features/organizations/api";
import { TenantLinkBadge } from "@/features/organizations/components/tenant-link-badge";
import { withOrganization } from "@/shared/session/org-link";
import { OrganizationContext, useMe } from "@/shared/session/session-context";
import { useReplacedAddress } from "@/shared/session/use-replaced-address";
import { EmptyState } from "@/shared/ui/empty-state";
import { Page } from "@/shared/ui/page";
import { PageTabs } from "@/shared/ui/page-tabs";
import { QueryView } from "@/shared/ui/query-view";

/** The organization at the top of the page is the one that the page is about. */
function useMatchingSwitcher(organizationId: string | null) {
  const [search] = useSearchParams();
  const { pathname, search: query } = useLocation();
  const isOther = organizationId !== null && search.get("org") !== organizationId;
  useReplacedAddress(isOther ? withOrganization(`${pathname}${query}`, organizationId) : null);
}

/** One organization: its name and the parts of its page that this person may use. */
export function OrganizationPage() {
  const me = useMe();
  const { organizationId = "" } = useParams();
  const { pathname } = useLocation();
  const query = useQuery(organizationQuery(organizationId));
  const mine = me.organizations.find(({ id }) => id === organizationId) ?? null;
  useMatchingSwitcher(mine?.id ?? null);
  const base = `/organizations/${organizationId}`;
  const tabs = tabsFor(me, mine);
  const [part = ""] = pathname.slice(base.length + 1).split("/");
  const isPermitted =
    tabs.some(({ path }) => path === part) ||
    (mine !== null && organizationTabs.some(({ path, explainsItself }) => path === part && explainsItself === true));
  const organization = query.data?.value;

  return (
    <Page
      title={organization?.name ?? mine?.name ?? "Organization"}
      description={
        organization && (
          <Group gap="xs">
            {!organization.isActive && <Badge color="gray">Inactive</Badge>}
            <TenantLinkBadge link={organization.tenantLink} isNamed />
          </Group>
        )
      }
    >
      <QueryView query={query} what="the organization" rows={4} back={organizations}>
        {() => (
          // Each organization starts afresh: nothing of one is ever shown, or sent, for another.
          <OrganizationContext key={organizationId} value={mine}>
            <PageTabs
              label="Parts of the organization"
              tabs={[
                ...tabs.map(({ path, label }) => ({ path: path === "" ? base : `${base}/${path}`, label })),
                ...(mine?.permissions.canViewHistory ? [{ path: "/executions", label: "Executions" }] : []),
              ]}
            />
            {isPermitted ? (
              <Outlet />
            ) : (
              <EmptyState title="Not for you here">
                You do not have the permission that this part of the organization needs. Ask an administrator of the
                platform; what they give you works at once.
              </EmptyState>
            )}
          </OrganizationContext>
        )}
      </QueryView>
    </Page>
  );
}
