import { Anchor, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { users } from "@/app/pages/ways-back";
import { userPermissionsQuery } from "@/features/permissions/api";
import { PermissionGrid } from "@/features/permissions/components/permission-grid";
import { userQuery } from "@/features/users/api";
import { UserAccount } from "@/features/users/components/user-account";
import { OrgLink } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { SearchInput } from "@/shared/ui/search-input";
import { Time } from "@/shared/ui/time";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

// So many are seen at a glance.
const fewOrganizations = 10;

function Permissions({ userId }: { userId: string }) {
  const { organizations } = useMe();
  const query = useQuery(userPermissionsQuery(userId));
  const [search, setSearch] = useUrlFilter("q");
  const wanted = search.trim().toLocaleLowerCase();
  const found = organizations.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  return (
    <Stack gap="xs" component="section" aria-label="Permissions">
      <Title order={2}>Permissions</Title>
      {organizations.length > fewOrganizations && (
        <SearchInput label="Search organizations" value={search} onChange={setSearch} />
      )}
      <QueryView query={query} what="the permissions">
        {(permissions) =>
          organizations.length === 0 ? (
            <EmptyState title="No organizations yet">Create an organization first, then give permissions in it.</EmptyState>
          ) : (
            <PermissionGrid
              of="Organization"
              rows={found.map(({ id, name }) => ({
                userId,
                orgId: id,
                name,
                link: (
                  <Anchor component={OrgLink} to={`/organizations/${id}/permissions`} inherit>
                    {name}
                  </Anchor>
                ),
                permissions: permissions.find(({ orgId }) => orgId === id) ?? null,
              }))}
            />
          )
        }
      </QueryView>
    </Stack>
  );
}

/** One person: whether they get in, and what they may do where. */
export function UserPage() {
  const me = useMe();
  const { userId = "" } = useParams();
  const query = useQuery(userQuery(userId));
  const user = query.data?.value;
  return (
    <Page
      title={user === undefined ? "User" : user.displayName || user.email || user.id}
      description={
        user && (
          <Text c="dimmed">
            {user.email}
            {user.email && " · "}
            {user.userType === "MSP" ? "MSP" : "Client user"} · last sign-in <Time value={user.lastLogin} isWithin />
          </Text>
        )
      }
    >
      <QueryView query={query} what="the user" rows={3} back={users}>
        {(data) => (
          <Stack gap="xl">
            <UserAccount user={data} isMe={data.value.id === me.id} onReload={() => void query.refetch()} />
            {data.value.userType === "MSP" && !data.value.isMspAdmin && <Permissions userId={data.value.id} />}
            {data.value.isMspAdmin && <Text c="dimmed">An admin needs no permissions: they may do everything.</Text>}
            {data.value.userType === "ORG" && (
              <Text c="dimmed">
                A client user runs the forms that their roles grant, in their own organization. Give them a role under
                Roles.
              </Text>
            )}
          </Stack>
        )}
      </QueryView>
    </Page>
  );
}
