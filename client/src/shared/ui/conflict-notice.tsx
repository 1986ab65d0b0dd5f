import { Button, Group, Table, Text } from "@mantine/core";

import type { DraftConflict } from "@/shared/drafts/three-way";
import { Notice } from "@/shared/ui/notice";
import { Time } from "@/shared/ui/time";

interface ConflictNoticeProps {
  /** What was changed: "this organization". */
  what: string;
  conflicts: readonly DraftConflict[];
  changedAt: string;
  onTakeTheirs: () => void;
}

/** Somebody else saved meanwhile: their values beside those in the form. */
export function ConflictNotice({ what, conflicts, changedAt, onTakeTheirs }: ConflictNoticeProps) {
  return (
    <Notice tone="warning" title={`Somebody changed ${what} meanwhile.`} announce="alert">
      <Text size="sm">
        Last changed: <Time value={changedAt} />. What you typed is kept; nothing of yours is saved yet.
      </Text>
      {conflicts.length === 0 ? (
        <Text size="sm">Nothing you typed stands against it. Save again.</Text>
      ) : (
        <>
          <Table aria-label="Their values and yours" verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Field</Table.Th>
                <Table.Th scope="col">Theirs</Table.Th>
                <Table.Th scope="col">Yours</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {conflicts.map(({ name, theirs, yours }) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row" fw={500}>
                    {name}
                  </Table.Th>
                  <Table.Td>{theirs}</Table.Td>
                  <Table.Td>{yours}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Group>
            <Button size="xs" variant="default" onClick={onTakeTheirs}>
              Take theirs
            </Button>
          </Group>
        </>
      )}
    </Notice>
  );
}
