import { Badge, Table, Text } from "@mantine/core";

import classes from "@/features/integrations/components/setting-facts.module.css";
import type { SettingFact } from "@/features/integrations/model/facts";

const origins: Record<SettingFact["origin"], string> = {
  own: "Set here",
  overrides: "Overrides",
  inherited: "Inherited",
  default: "Default",
};

interface SettingFactsProps {
  label: string;
  facts: readonly SettingFact[];
  /** What all organizations share inherits from nowhere. */
  isShared: boolean;
}

/** The settings that count, each with where it comes from. */
export function SettingFacts({ label, facts, isShared }: SettingFactsProps) {
  return (
    <Table aria-label={`Settings of ${label}`} withRowBorders={false} verticalSpacing={4} className={classes.facts}>
      <Table.Tbody>
        {facts.map((fact) => (
          <Table.Tr key={fact.name}>
            <Table.Th scope="row" fw={400} c="dimmed">
              {fact.label}
            </Table.Th>
            <Table.Td>
              {fact.isSecret ? `secret ${fact.value}` : fact.value}
              {fact.hidden !== "" && (
                <Text size="xs" c="dimmed">
                  all organizations share: {fact.hidden}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              {(!isShared || fact.origin === "default") && (
                <Badge color={fact.origin === "own" || fact.origin === "overrides" ? "petrol" : "gray"}>
                  {origins[fact.origin]}
                </Badge>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
