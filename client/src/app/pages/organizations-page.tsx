import { Button, Group, Select, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { latestExecutionsQuery } from "@/features/executions/api";
import { LastExecution } from "@/features/executions/components/last-execution";
import type { Organization } from "@/features/organizations/api";
import { organizationsQuery } from "@/features/organizations/api";
import { NewOrganizationDialog } from "@/features/organizations/components/new-organization-dialog";
import { OrganizationsTable } from "@/features/organizations/components/organizations-table";
import { OrgLink, withOrganization } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { notifyDone } from "@/shared/ui/notify";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { SearchInput } from "@/shared/ui/search-input";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

/** Which tenants need somebody: failing, not verified and about to end come under their own names. */
const links = [
  { value: "linked", label: "Linked" },
  { value: "failing", label: "Failing" },
  { value: "expiring", label: "Relationship ends soon" },
  { value: "notLinked", label: "Not linked" },
];

function matches({ name, tenantId, tags }: Organization, search: string): boolean {
  return [name, tenantId ?? "", ...tags].join(" ").toLocaleLowerCase().includes(search.trim().toLocaleLowerCase());
}

function tagsOf(organizations: readonly Organization[]): string[] {
  return [...new Set(organizations.flatMap(({ tags }) => tags))].sort();
}

function NothingFound({ isFiltered, isAdmin }: { isFiltered: boolean; isAdmin: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState title="No organization matches">
        The search looks at names, tenant ids and tags. Shorten it or remove a filter.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No organizations yet">
      {isAdmin
        ? "Import the tenants that trust you from GDAP, or create an organization by hand."
        : "Nobody has given you permissions in an organization. Ask an administrator of the platform."}
    </EmptyState>
  );
}

/** The MSP's clients, with whether their tenants can be reached. */
export function OrganizationsPage() {
  const { isAdmin } = useMe();
  const query = useQuery(organizationsQuery);
  // Beside the list: it is there before, and stays when this fails.
  const latest = useQuery(latestExecutionsQuery);
  const [search, setSearch] = useUrlFilter("q");
  const [tag, setTag] = useUrlFilter("tag");
  const [link, setLink] = useUrlFilter("link");
  const [inactive, setInactive] = useUrlFilter("inactive");
  const [isCreating, setCreating] = useState(false);
  const navigate = useNavigate();
  const every = query.data ?? [];
  const isFiltered = [search, tag, link].some((value) => value !== "");

  return (
    <Page
      title="Organizations"
      description="The companies you look after."
      actions={
        isAdmin && (
          <Group>
            <Button variant="default" component={OrgLink} to="/organizations/import">
              Import from GDAP
            </Button>
            <Button onClick={() => setCreating(true)}>New organization</Button>
          </Group>
        )
      }
    >
      <Group align="flex-end" gap="sm">
        <SearchInput label="Search organizations" value={search} onChange={setSearch} />
        <Select
          aria-label="Tenant link"
          placeholder="Any tenant link"
          clearable
          data={links}
          value={link || null}
          onChange={(value) => setLink(value ?? "")}
        />
        <Select
          aria-label="Tag"
          placeholder="Any tag"
          clearable
          searchable
          data={tagsOf(every)}
          value={tag || null}
          onChange={(value) => setTag(value ?? "")}
        />
        {isAdmin && (
          <Switch
            label="Show inactive"
            pb={8}
            checked={inactive === "yes"}
            onChange={({ currentTarget: { checked } }) => setInactive(checked ? "yes" : "")}
          />
        )}
      </Group>
      <QueryView query={query} what="the organizations" rows={8}>
        {(organizations) => {
          const shown = organizations
            .filter(({ isActive }) => isActive || inactive === "yes")
            .filter(({ tenantLink }) => link === "" || tenantLink.status === link)
            .filter(({ tags }) => tag === "" || tags.includes(tag))
            .filter((organization) => matches(organization, search));
          return shown.length === 0 ? (
            <NothingFound isFiltered={isFiltered} isAdmin={isAdmin} />
          ) : (
            <OrganizationsTable
              organizations={shown}
              onTag={setTag}
              lastExecution={(id) => <LastExecution executions={latest.data} organizationId={id} />}
            />
          );
        }}
      </QueryView>
      {isCreating && (
        <NewOrganizationDialog
          knownTags={tagsOf(every)}
          onClose={() => setCreating(false)}
          onCreated={({ id, name }) => {
            notifyDone(`${name} was created.`);
            void navigate(withOrganization(`/organizations/${id}`, id));
          }}
        />
      )}
    </Page>
  );
}
