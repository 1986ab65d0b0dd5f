import { Badge, Button, Group, Table, Text } from "@mantine/core";

import type { ReactNode } from "react";

import type { ConfigEntry } from "@/features/configuration/api";
import { ValueText } from "@/features/configuration/components/value-text";
import { standingOf } from "@/features/configuration/model/entries";
import { typeNames } from "@/features/configuration/model/values";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

export interface ConfigActions {
  onEdit: (entry: ConfigEntry) => void;
  onDelete: (entry: ConfigEntry) => void;
}

interface ConfigTableProps extends ConfigActions {
  entries: readonly ConfigEntry[];
  /** Of what all organizations share: who has their own value of a key. Undefined for an organization's values. */
  overridden?: (key: string) => ReactNode;
}

/** Values by key: an organization's own beside what all organizations share, with which of them counts. */
export function ConfigTable({ entries, overridden, onEdit, onDelete }: ConfigTableProps) {
  const isShared = overridden !== undefined;
  return (
    <Surface>
      <ScrollRegion label="Configuration, table">
        <Table aria-label="Configuration">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w="30%">
                Key
              </Table.Th>
              <Table.Th scope="col">{isShared ? "Value" : "This organization"}</Table.Th>
              <Table.Th scope="col">{isShared ? "Overridden by" : "All organizations"}</Table.Th>
              <Table.Th scope="col" visibleFrom="lg">
                Changed
              </Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <Table.Tr key={entry.key}>
                <Table.Th scope="row" fw={500}>
                  {entry.key}
                  <Text size="xs" c="dimmed" fw={400} maw={420}>
                    {typeNames[entry.type]}
                    {entry.description && ` · ${entry.description}`}
                  </Text>
                </Table.Th>
                <Table.Td>
                  <OwnValue entry={entry} />
                </Table.Td>
                <Table.Td>{isShared ? overridden(entry.key) : <SharedValue entry={entry} />}</Table.Td>
                <Table.Td visibleFrom="lg">
                  <Time value={entry.updatedAt} />
                </Table.Td>
                <Table.Td>
                  <Actions entry={entry} onEdit={onEdit} onDelete={onDelete} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}

function OwnValue({ entry }: { entry: ConfigEntry }) {
  if (entry.inherited) {
    return <Badge color="gray">Inherited</Badge>;
  }
  return (
    <Group gap={6}>
      <ValueText type={entry.type} value={entry.value} />
      {entry.overrides && <Badge color="petrol">Overrides</Badge>}
    </Group>
  );
}

function SharedValue({ entry }: { entry: ConfigEntry }) {
  if (entry.inherited) {
    return <ValueText type={entry.type} value={entry.value} />;
  }
  if (entry.globalValue === null) {
    return (
      <Text span c="dimmed">
        –
      </Text>
    );
  }
  return (
    <Group gap={6}>
      <ValueText type={entry.globalType ?? "string"} value={entry.globalValue} isHidden />
      <Badge color="gray">Overridden</Badge>
    </Group>
  );
}

function Actions({ entry, onEdit, onDelete }: { entry: ConfigEntry } & ConfigActions) {
  const remove = standingOf(entry) === "overrides" ? "Back to inherited" : "Delete";
  return (
    <Group gap={6} justify="flex-end">
      <Button
        size="xs"
        variant="default"
        aria-label={`${entry.inherited ? "Override" : "Edit"} ${entry.key}`}
        onClick={() => onEdit(entry)}
      >
        {entry.inherited ? "Override" : "Edit"}
      </Button>
      {!entry.inherited && (
        <Button size="xs" variant="default" aria-label={`${remove}: ${entry.key}`} onClick={() => onDelete(entry)}>
          {remove}
        </Button>
      )}
    </Group>
  );
}
