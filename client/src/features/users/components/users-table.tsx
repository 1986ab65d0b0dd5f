import { Anchor, Badge, Group, Table, Text } from "@mantine/core";

import type { User } from "@/features/users/api";
import { OrgLink } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

interface UsersTableProps {
  users: readonly User[];
  /** Names of the organizations that client users belong to, by id. */
  organizationNames: ReadonlyMap<string, string>;
}

function Origin({ user, organizationNames }: { user: User; organizationNames: ReadonlyMap<string, string> }) {
  if (user.userType === "MSP") {
    return "MSP";
  }
  return user.orgId === null ? "Client" : (organizationNames.get(user.orgId) ?? "Client");
}

/** People by name; a name opens one. */
export function UsersTable({ users, organizationNames }: UsersTableProps) {
  return (
    <Surface>
      <ScrollRegion label="Users, table">
        <Table highlightOnHover highlightOnHoverColor="var(--app-hover)" aria-label="Users">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">From</Table.Th>
              <Table.Th scope="col">Rights</Table.Th>
              <Table.Th scope="col">Last sign-in</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {users.map((user) => (
              <Table.Tr key={user.id}>
                <Table.Td>
                  <Anchor component={OrgLink} to={`/users/${user.id}`} inherit fw={500}>
                    {user.displayName || user.email || user.id}
                  </Anchor>
                  <Text size="xs" c="dimmed">
                    {user.email}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Origin user={user} organizationNames={organizationNames} />
                </Table.Td>
                <Table.Td>
                  <Group gap={6}>
                    {user.isMspAdmin && <Badge color="petrol">Admin</Badge>}
                    {!user.isActive && <Badge color="gray">Disabled</Badge>}
                    {!user.isMspAdmin && user.isActive && <Text c="dimmed">–</Text>}
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Time value={user.lastLogin} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
