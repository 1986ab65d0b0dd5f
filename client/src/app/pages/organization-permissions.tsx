import { Anchor, Button, Group, Select, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";

import type { Permission } from "@/features/permissions/api";
import { organizationPermissionsQuery } from "@/features/permissions/api";
import { PermissionGrid } from "@/features/permissions/components/permission-grid";
import type { User } from "@/features/users/api";
import { usersQuery } from "@/features/users/api";
import { OrgLink } from "@/shared/session/org-link";
import { EmptyState } from "@/shared/ui/empty-state";
import { QueryView } from "@/shared/ui/query-view";

const nameOf = (user: User) => user.displayName || user.email || user.id;

interface PeopleProps {
  orgId: string;
  permissions: readonly Permission[];
  users: readonly User[];
}

function People({ orgId, permissions, users }: PeopleProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  // Whoever was listed since the page opened stays listed, so that the last tick can be put back.
  const [listed, setListed] = useState(() => permissions.map(({ userId }) => userId));
  const ids = [...new Set([...listed, ...permissions.map(({ userId }) => userId)])];
  const names = new Map(users.map((user) => [user.id, nameOf(user)]));
  const rows = ids
    .map((userId) => ({ userId, name: names.get(userId) ?? userId }))
    .sort((a, b) => a.name.localeCompare(b.name));
  const choices = users
    .filter(({ id, isMspAdmin, isActive }) => isActive && !isMspAdmin && !ids.includes(id))
    .map((user) => ({ value: user.id, label: `${nameOf(user)} (${user.email || "no address"})` }));

  return (
    <Stack>
      <Group align="flex-end" gap="xs">
        <Select
          label="Add a person"
          placeholder={choices.length === 0 ? "Everybody is listed" : "Choose a technician"}
          searchable
          w={360}
          data={choices}
          value={chosen}
          onChange={setChosen}
          nothingFoundMessage="Nobody of that name has signed in"
        />
        <Button
          disabled={chosen === null}
          onClick={() => {
            if (chosen !== null) {
              setListed([...listed, chosen]);
              setChosen(null);
            }
          }}
        >
          Add
        </Button>
      </Group>
      {rows.length === 0 ? (
        <EmptyState title="No technician may work here yet">
          Add a person and tick what they may do. Admins are not listed: they may do everything.
        </EmptyState>
      ) : (
        <>
          <PermissionGrid
            of="Person"
            rows={rows.map(({ userId, name }) => ({
              userId,
              orgId,
              name,
              link: (
                <Anchor component={OrgLink} to={`/users/${userId}`} inherit>
                  {name}
                </Anchor>
              ),
              permissions: permissions.find((one) => one.userId === userId) ?? null,
            }))}
          />
          <Text size="sm" c="dimmed">
            Admins are not listed: they may do everything. People of the client run forms through their roles.
          </Text>
        </>
      )}
    </Stack>
  );
}

/** Which technicians may do what in this organization. */
export function OrganizationPermissions() {
  const { organizationId = "" } = useParams();
  const permissions = useQuery(organizationPermissionsQuery(organizationId));
  const users = useInfiniteQuery(usersQuery("MSP"));
  return (
    <QueryView query={permissions} what="the permissions">
      {(granted) => (
        <QueryView query={users} what="the people">
          {(data) => (
            <People orgId={organizationId} permissions={granted} users={data.pages.flatMap((page) => page.items)} />
          )}
        </QueryView>
      )}
    </QueryView>
  );
}
