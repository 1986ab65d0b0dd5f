import { Badge, Button, Group, Table, Text } from "@mantine/core";

import type { Secret } from "@/features/secrets/api";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

interface SecretsTableProps {
  secrets: readonly Secret[];
  isShared: boolean;
  onSet: (secret: Secret) => void;
  onDelete: (secret: Secret) => void;
}

function Whose({ secret }: { secret: Secret }) {
  if (secret.inherited) {
    return <Badge color="gray">Inherited</Badge>;
  }
  return (
    <Group gap={6}>
      <Text span size="sm">
        This organization
      </Text>
      {secret.overrides && <Badge color="petrol">Overrides the shared value</Badge>}
    </Group>
  );
}

/** Secrets by name; there is no value to show. */
export function SecretsTable({ secrets, isShared, onSet, onDelete }: SecretsTableProps) {
  return (
    <Surface>
      <ScrollRegion label="Secrets, table">
        <Table aria-label="Secrets">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              {!isShared && <Table.Th scope="col">Whose value counts</Table.Th>}
              <Table.Th scope="col">Set</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {secrets.map((secret) => (
              <Table.Tr key={secret.name}>
                <Table.Th scope="row" fw={500} ff="monospace">
                  {secret.name}
                </Table.Th>
                {!isShared && (
                  <Table.Td>
                    <Whose secret={secret} />
                  </Table.Td>
                )}
                <Table.Td>
                  {secret.updatedAt === null ? (
                    <Text span size="sm" c="dimmed">
                      in the vault itself
                    </Text>
                  ) : (
                    <Time value={secret.updatedAt} />
                  )}
                </Table.Td>
                <Table.Td>
                  <Group gap={6} justify="flex-end" wrap="nowrap">
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={`${secret.inherited ? "Override" : "Set a new value of"} ${secret.name}`}
                      onClick={() => onSet(secret)}
                    >
                      {secret.inherited ? "Override" : "Set a new value"}
                    </Button>
                    {!secret.inherited && (
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={`Delete ${secret.name}`}
                        onClick={() => onDelete(secret)}
                      >
                        Delete
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
