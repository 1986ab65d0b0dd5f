import { Checkbox, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { PermissionFlags } from "@/features/permissions/api";
import { noPermissions, permissionNames, setPermissionsMutation } from "@/features/permissions/api";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";

const flags = Object.keys(permissionNames) as (keyof PermissionFlags)[];

export interface PermissionRow {
  userId: string;
  orgId: string;
  /** Whom or which organization the row is about, as text. */
  name: string;
  link: ReactNode;
  permissions: PermissionFlags | null;
}

function Row({ row }: { row: PermissionRow }) {
  const set = useMutation(setPermissionsMutation(useQueryClient()));
  // What was asked for shows at once; if it is refused, what holds shows again.
  const asked = set.isPending ? set.variables.permissions : null;
  const shown = asked ?? row.permissions ?? noPermissions;
  return (
    <>
      <Table.Tr>
        <Table.Th scope="row" fw={500}>
          {row.link}
        </Table.Th>
        {flags.map((flag) => (
          <Table.Td key={flag}>
            <Checkbox
              aria-label={`${permissionNames[flag]}: ${row.name}`}
              checked={shown[flag]}
              disabled={set.isPending}
              onChange={({ currentTarget: { checked } }) =>
                set.mutate({ userId: row.userId, orgId: row.orgId, permissions: { ...shown, [flag]: checked } })
              }
            />
          </Table.Td>
        ))}
      </Table.Tr>
      {set.isError && (
        <Table.Tr>
          <Table.Td colSpan={flags.length + 1}>
            <ErrorNotice error={set.error} title={`The permissions of ${row.name} were not changed.`} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

interface PermissionGridProps {
  /** What the rows are: "Person", "Organization". */
  of: string;
  rows: readonly PermissionRow[];
}

/** People or organizations × the four permissions; each tick is saved at once. */
export function PermissionGrid({ of, rows }: PermissionGridProps) {
  return (
    <Stack gap="xs">
      <Surface>
        <ScrollRegion label="Permissions, table">
          <Table aria-label="Permissions">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{of}</Table.Th>
                {flags.map((flag) => (
                  <Table.Th key={flag} scope="col">
                    {permissionNames[flag]}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Row key={`${row.userId} ${row.orgId}`} row={row} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      </Surface>
      <Text size="sm" c="dimmed">
        Each tick is saved at once and counts from the next request, also in sessions that are open now.
      </Text>
    </Stack>
  );
}
