import { Badge, Group, Table, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";

import type { PermissionFlags } from "@/features/permissions/api";
import { permissionNames } from "@/features/permissions/api";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";

const flags = Object.keys(permissionNames) as (keyof PermissionFlags)[];

function Mark({ isGranted }: { isGranted: boolean }) {
  return isGranted ? (
    <Group gap={4} wrap="nowrap">
      <IconCheck size={16} aria-hidden />
      Yes
    </Group>
  ) : (
    <Text span inherit c="dimmed">
      No
    </Text>
  );
}

interface MyPermissionsProps {
  organizations: readonly { id: string; name: string; isActive: boolean; permissions: PermissionFlags }[];
}

/** What somebody may do in each organization, to read only. */
export function MyPermissions({ organizations }: MyPermissionsProps) {
  return (
    <Surface>
      <ScrollRegion label="My permissions, table">
        <Table aria-label="My permissions">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Organization</Table.Th>
              {flags.map((flag) => (
                <Table.Th key={flag} scope="col">
                  {permissionNames[flag]}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {organizations.map(({ id, name, isActive, permissions }) => (
              <Table.Tr key={id}>
                <Table.Th scope="row" fw={500}>
                  <Group gap="xs">
                    {name}
                    {!isActive && <Badge color="gray">Inactive</Badge>}
                  </Group>
                </Table.Th>
                {flags.map((flag) => (
                  <Table.Td key={flag}>
                    <Mark isGranted={permissions[flag]} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
