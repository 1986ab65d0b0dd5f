import { Anchor, Table } from "@mantine/core";

import { StatusBadge } from "@/features/executions/components/status-badge";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { workflowTitle } from "@/features/executions/model/execution";
import { OrgLink } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { formatDuration, Time } from "@/shared/ui/time";

interface ExecutionsTableProps {
  executions: readonly ExecutionSummary[];
  label: string;
  /** Who ran it: of no interest in a list of one's own. */
  showPerson?: boolean;
}

/** Executions, newest first; the workflow's name opens one. */
export function ExecutionsTable({ executions, label, showPerson = true }: ExecutionsTableProps) {
  return (
    <Surface>
      <ScrollRegion label={`${label}, table`}>
        <Table highlightOnHover highlightOnHoverColor="var(--app-hover)" aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w={140}>
                Status
              </Table.Th>
              <Table.Th scope="col">Workflow</Table.Th>
              {showPerson && <Table.Th scope="col">Run by</Table.Th>}
              <Table.Th scope="col">Started</Table.Th>
              <Table.Th scope="col" ta="right">
                Duration
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {executions.map((execution) => (
              <Table.Tr key={execution.executionId}>
                <Table.Td>
                  <StatusBadge status={execution.status} />
                </Table.Td>
                <Table.Td>
                  <Anchor component={OrgLink} to={`/executions/${execution.executionId}`} inherit fw={500}>
                    {workflowTitle(execution.workflowName)}
                  </Anchor>
                </Table.Td>
                {showPerson && <Table.Td>{execution.executedByName || execution.executedBy}</Table.Td>}
                <Table.Td>
                  <Time value={execution.startedAt} />
                </Table.Td>
                <Table.Td ta="right">{formatDuration(execution.durationMs)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
