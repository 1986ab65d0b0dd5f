import { Code, Table, Text } from "@mantine/core";

import { secondsInWords } from "@/features/workflows/model/words";
import type { DataProvider } from "@/features/workflows/model/workflow";
import { CodeWords } from "@/shared/ui/code-words";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";

/** Data providers by name, with what they need and how long their answers are kept. */
export function ProvidersTable({ providers }: { providers: readonly DataProvider[] }) {
  return (
    <Surface>
      <ScrollRegion label="Data providers, table">
        <Table aria-label="Data providers">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">Inputs</Table.Th>
              <Table.Th scope="col">Options kept for</Table.Th>
              <Table.Th scope="col">Timeout</Table.Th>
              <Table.Th scope="col">Source file</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {providers.map((provider) => (
              <Table.Tr key={provider.name}>
                <Table.Td>
                  <Text inherit fw={500} ff="monospace" size="sm">
                    {provider.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    <CodeWords text={provider.description} />
                  </Text>
                </Table.Td>
                <Table.Td>
                  {(provider.parameters ?? [])
                    .map(({ label, required }) => (required ? label : `${label} (optional)`))
                    .join(", ") || "None"}
                </Table.Td>
                <Table.Td>
                  {provider.cacheTtlSeconds === 0 ? "Not kept" : secondsInWords(provider.cacheTtlSeconds ?? 300)}
                </Table.Td>
                <Table.Td>{secondsInWords(provider.timeoutSeconds ?? 15)}</Table.Td>
                <Table.Td>
                  <Code>{provider.sourceFile}</Code>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
