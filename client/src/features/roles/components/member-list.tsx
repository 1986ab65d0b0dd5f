import { ActionIcon, Button, Group, Select, Stack, Table, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useState } from "react";

import { ErrorNotice } from "@/shared/ui/error-notice";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

export interface Member {
  id: string;
  name: string;
  note: string;
  addedAt: string;
}

interface MemberListProps {
  /** What is listed, for those who listen: "People", "Forms". */
  label: string;
  /** What one is called: "person", "form". */
  noun: string;
  members: readonly Member[];
  /** Those that can be added. */
  choices: readonly { value: string; label: string }[];
  empty: ReactNode;
  isSaving: boolean;
  error: unknown;
  onAdd: (id: string) => void;
  onRemove: (id: string) => void;
}

/** The people or forms of a role; each can be taken out, others can be put in. */
export function MemberList(props: MemberListProps) {
  const { label, noun, members, choices, empty, isSaving, error, onAdd, onRemove } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <Select
          label={`Add a ${noun}`}
          placeholder={choices.length === 0 ? `No other ${noun} to add` : "Choose"}
          searchable
          w={320}
          data={choices}
          value={chosen}
          onChange={setChosen}
          nothingFoundMessage="Nothing found"
        />
        <Button
          disabled={chosen === null}
          loading={isSaving}
          onClick={() => {
            if (chosen !== null) {
              onAdd(chosen);
              setChosen(null);
            }
          }}
        >
          Add
        </Button>
      </Group>
      {error !== null && error !== undefined && <ErrorNotice error={error} title="The role was not changed." />}
      {members.length === 0 ? (
        <Text c="dimmed">{empty}</Text>
      ) : (
        <Surface>
          <Table aria-label={label}>
            <Table.Tbody>
              {members.map((member) => (
                <Table.Tr key={member.id}>
                  <Table.Th scope="row" fw={500}>
                    {member.name}
                    <Text size="xs" c="dimmed" fw={400}>
                      {member.note}
                    </Text>
                  </Table.Th>
                  <Table.Td c="dimmed">
                    added <Time value={member.addedAt} isWithin />
                  </Table.Td>
                  <Table.Td ta="right">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="lg"
                      aria-label={`Remove ${member.name}`}
                      disabled={isSaving}
                      onClick={() => onRemove(member.id)}
                    >
                      <IconX size={16} aria-hidden />
                    </ActionIcon>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Surface>
      )}
    </Stack>
  );
}
