import { Button, Group } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { rolesQuery } from "@/features/roles/api";
import { NewRoleDialog } from "@/features/roles/components/new-role-dialog";
import { RolesTable } from "@/features/roles/components/roles-table";
import { useOrgPath } from "@/shared/session/org-link";
import { EmptyState } from "@/shared/ui/empty-state";
import { LoadMore } from "@/shared/ui/load-more";
import { notifyDone } from "@/shared/ui/notify";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { SearchInput } from "@/shared/ui/search-input";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

/** The roles that let client users run forms. */
export function RolesPage() {
  const query = useInfiniteQuery(rolesQuery);
  const [search, setSearch] = useUrlFilter("q");
  const [isCreating, setCreating] = useState(false);
  const navigate = useNavigate();
  const orgPath = useOrgPath();
  const newRole = <Button onClick={() => setCreating(true)}>New role</Button>;

  return (
    <Page
      title="Roles"
      description="A role joins people and forms: its people may run its forms, in their own organization."
      actions={
        <Group>
          <SearchInput label="Search roles" value={search} onChange={setSearch} />
          {newRole}
        </Group>
      }
    >
      <QueryView query={query} what="the roles">
        {(data) => {
          const wanted = search.trim().toLocaleLowerCase();
          const roles = data.pages
            .flatMap((page) => page.items)
            .filter((role) => `${role.name} ${role.description ?? ""}`.toLocaleLowerCase().includes(wanted));
          return roles.length === 0 ? (
            <EmptyState title={search === "" ? "No roles yet" : `No role matches “${search}”`}>
              Create a role, add client users and the forms they may run.
            </EmptyState>
          ) : (
            <RolesTable roles={roles} />
          );
        }}
      </QueryView>
      <LoadMore query={query} />
      {isCreating && (
        <NewRoleDialog
          onClose={() => setCreating(false)}
          onCreated={(role) => {
            notifyDone(`${role.name} was created.`);
            void navigate(orgPath(`/roles/${role.id}`));
          }}
        />
      )}
    </Page>
  );
}
