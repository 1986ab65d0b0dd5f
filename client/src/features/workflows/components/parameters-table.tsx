import { Table, Text } from "@mantine/core";

import { optionWords, ruleWords, typeWords, valueText } from "@/features/workflows/model/words";
import type { Parameter } from "@/features/workflows/model/workflow";
import { CodeWords } from "@/shared/ui/code-words";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";

function Row({ parameter }: { parameter: Parameter }) {
  const { name, label, type, required, defaultValue, helpText } = parameter;
  const hasDefault = defaultValue !== null && defaultValue !== undefined;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        {label}
        <Text size="xs" c="dimmed" ff="monospace">
          {name}
        </Text>
        {typeof helpText === "string" && helpText !== "" && (
          <Text size="xs" c="dimmed" fw={400} maw={360}>
            <CodeWords text={helpText} />
          </Text>
        )}
      </Table.Th>
      <Table.Td>{typeWords[type]}</Table.Td>
      <Table.Td>{required ? "Yes" : "No"}</Table.Td>
      <Table.Td>{hasDefault ? <Text ff="monospace" size="sm">{valueText(defaultValue)}</Text> : "–"}</Table.Td>
      <Table.Td>{ruleWords(parameter).join("; ") || "–"}</Table.Td>
      <Table.Td>{optionWords(parameter) || "–"}</Table.Td>
    </Table.Tr>
  );
}

/** What a workflow takes, in the order of its function. */
export function ParametersTable({ parameters }: { parameters: readonly Parameter[] }) {
  if (parameters.length === 0) {
    return <Text c="dimmed">It takes no parameters: it runs as it is.</Text>;
  }
  return (
    <Surface>
      <ScrollRegion label="Parameters, table">
        <Table aria-label="Parameters">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Parameter</Table.Th>
              <Table.Th scope="col">Type</Table.Th>
              <Table.Th scope="col">Required</Table.Th>
              <Table.Th scope="col">Default</Table.Th>
              <Table.Th scope="col">Rules</Table.Th>
              <Table.Th scope="col">Choices</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {parameters.map((parameter) => (
              <Row key={parameter.name} parameter={parameter} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
