import { Anchor, Table, Text } from "@mantine/core";

import type { WorkflowTally } from "@/features/metrics/model/metrics";
import { failuresOf, rateText } from "@/features/metrics/model/metrics";
import { OrgLink } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { formatDuration } from "@/shared/ui/time";
import { workflowTitle } from "@/shared/ui/workflow-title";

interface TalliesTableProps {
  label: string;
  tallies: readonly WorkflowTally[];
  /** Said where there are none. */
  none: string;
}

/** Workflows with their numbers; a name opens the workflow. */
export function TalliesTable({ label, tallies, none }: TalliesTableProps) {
  if (tallies.length === 0) {
    return <Text c="dimmed">{none}</Text>;
  }
  return (
    <Surface>
      <ScrollRegion label={`${label}, table`}>
        <Table aria-label={label} highlightOnHover highlightOnHoverColor="var(--app-hover)">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Workflow</Table.Th>
              <Table.Th scope="col" ta="right">
                Runs
              </Table.Th>
              <Table.Th scope="col" ta="right">
                Failed
              </Table.Th>
              <Table.Th scope="col" ta="right">
                p50
              </Table.Th>
              <Table.Th scope="col" ta="right">
                p95
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tallies.map(({ workflowName, count, byStatus, failureRate, durations }) => (
              <Table.Tr key={workflowName}>
                <Table.Th scope="row" fw={500}>
                  <Anchor component={OrgLink} to={`/workflows/${encodeURIComponent(workflowName)}`} inherit>
                    {workflowTitle(workflowName)}
                  </Anchor>
                </Table.Th>
                <Table.Td ta="right">{count}</Table.Td>
                <Table.Td ta="right">
                  {failuresOf(byStatus)} ({rateText(failureRate)})
                </Table.Td>
                <Table.Td ta="right">{formatDuration(durations.p50Ms)}</Table.Td>
                <Table.Td ta="right">{formatDuration(durations.p95Ms)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
