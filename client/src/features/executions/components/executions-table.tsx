import { Table, Text } from "@mantine/core";
import { memo } from "react";

import { ExecutionLink } from "@/features/executions/components/execution-link";
import classes from "@/features/executions/components/executions-table.module.css";
import { StatusBadge } from "@/features/executions/components/status-badge";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { hasEnded, triggerWords } from "@/features/executions/model/execution";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { dayNow, formatDuration, Time } from "@/shared/ui/time";

interface ExecutionsTableProps {
  executions: readonly ExecutionSummary[];
  label: string;
  /** Who ran it: of no interest in a list of one's own. */
  showPerson?: boolean;
  /** Names the organization of each, in a list over several. */
  organizationName?: (organizationId: string) => string;
}

interface RowProps {
  execution: ExecutionSummary;
  showPerson: boolean;
  /** Undefined in a list of one organization. */
  organization: string | undefined;
  /** On another day what was “Today” is not any more. */
  day: string;
}

// The list is asked for again and again: rows that stay as they are do not render.
const Row = memo(function Row({ execution, showPerson, organization }: RowProps) {
  const { error, status } = execution;
  return (
    <Table.Tr>
      <Table.Td>
        <StatusBadge status={status} />
      </Table.Td>
      <Table.Td className={classes.what}>
        <ExecutionLink execution={execution} />
        {error !== null && (
          <Text size="xs" c="dimmed" className={classes.reason} title={error.message}>
            {error.message}
          </Text>
        )}
      </Table.Td>
      {organization !== undefined && (
        <Table.Td>
          <Text inherit lineClamp={2} className={classes.name} title={organization}>
            {organization}
          </Text>
        </Table.Td>
      )}
      {showPerson && (
        <Table.Td>
          <Text inherit lineClamp={2} className={classes.name}>
            {execution.executedByName || execution.executedBy}
          </Text>
        </Table.Td>
      )}
      <Table.Td>{triggerWords[execution.trigger]}</Table.Td>
      <Table.Td className={classes.moment}>
        <Time value={execution.startedAt} />
      </Table.Td>
      <Table.Td ta="right" className={classes.moment}>
        {hasEnded(status) ? formatDuration(execution.durationMs) : "–"}
      </Table.Td>
    </Table.Tr>
  );
});

/** Executions, newest first; the workflow's name opens one. */
export function ExecutionsTable({ executions, label, showPerson = true, organizationName }: ExecutionsTableProps) {
  return (
    <Surface>
      <ScrollRegion label={`${label}, table`}>
        <Table highlightOnHover highlightOnHoverColor="var(--app-hover)" aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w={110}>
                Status
              </Table.Th>
              <Table.Th scope="col">Workflow</Table.Th>
              {organizationName !== undefined && <Table.Th scope="col">Organization</Table.Th>}
              {showPerson && <Table.Th scope="col">Run by</Table.Th>}
              <Table.Th scope="col">Trigger</Table.Th>
              <Table.Th scope="col">Started</Table.Th>
              <Table.Th scope="col" ta="right">
                Duration
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {executions.map((execution) => (
              <Row
                key={execution.executionId}
                execution={execution}
                showPerson={showPerson}
                organization={organizationName?.(execution.organizationId)}
                day={dayNow()}
              />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
