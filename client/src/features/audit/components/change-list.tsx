import { Stack, Table, Text } from "@mantine/core";

import type { AuditEntry } from "@/features/audit/api";
import classes from "@/features/audit/components/change-list.module.css";
import { changesOf } from "@/features/audit/model/changes";

function Value({ value }: { value: string | null }) {
  return value === null ? (
    <Text span c="dimmed" size="sm">
      nothing
    </Text>
  ) : (
    <span className={classes.value}>{value}</span>
  );
}

/** What an audit entry changed, and where the request came from. */
export function ChangeList({ entry }: { entry: AuditEntry }) {
  const changes = changesOf(entry.before, entry.after);
  return (
    <Stack gap="xs" py="xs">
      {changes.length === 0 ? (
        <Text size="sm" c="dimmed">
          No values are recorded for this; secrets are named only.
        </Text>
      ) : (
        <Table aria-label="What changed" withRowBorders={false}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Field</Table.Th>
              <Table.Th scope="col">Before</Table.Th>
              <Table.Th scope="col">After</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map((change) => (
              <Table.Tr key={change.field}>
                <Table.Th scope="row" fw={500}>
                  {change.field}
                </Table.Th>
                <Table.Td>
                  <Value value={change.before} />
                </Table.Td>
                <Table.Td>
                  <Value value={change.after} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Text size="xs" c="dimmed">
        From {entry.ip ?? "an unknown address"} · request id {entry.requestId ?? "not recorded"}
      </Text>
    </Stack>
  );
}
