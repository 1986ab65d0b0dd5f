import { Anchor, Table, Text } from "@mantine/core";

import type { Role } from "@/features/roles/api";
import { OrgLink } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

/** Roles by name; a name opens one. */
export function RolesTable({ roles }: { roles: readonly Role[] }) {
  return (
    <Surface>
      <ScrollRegion label="Roles, table">
        <Table highlightOnHover highlightOnHoverColor="var(--app-hover)" aria-label="Roles">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
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
