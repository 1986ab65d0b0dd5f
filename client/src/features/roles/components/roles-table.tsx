import { Anchor, Table, Text } from "@mantine/core";

import type { ListedRole } from "@/features/roles/api";
import { OrgLink } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

/** Roles by name; a name opens one. */
export function RolesTable({ roles }: { roles: readonly ListedRole[] }) {
  return (
    <Surface>
      <ScrollRegion label="Roles, table">
        <Table highlightOnHover highlightOnHoverColor="var(--app-hover)" aria-label="Roles">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col" ta="right">
                People
              </Table.Th>
              <Table.Th scope="col" ta="right">
                Forms
              </Table.Th>
              <Table.Th scope="col">Changed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {roles.map((role) => (
              <Table.Tr key={role.id}>
                <Table.Td>
                  <Anchor component={OrgLink} to={`/roles/${role.id}`} inherit fw={500}>
                    {role.name}
                  </Anchor>
                  {role.description && (
                    <Text size="xs" c="dimmed">
                      {role.description}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="right">{role.userCount}</Table.Td>
                <Table.Td ta="right">{role.formCount}</Table.Td>
                <Table.Td>
                  <Time value={role.updatedAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
