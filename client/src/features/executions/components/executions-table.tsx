import { Table } from "@mantine/core";
import { memo } from "react";
import { Link, useSearchParams } from "react-router";

import classes from "@/features/executions/components/executions-table.module.css";
import { StatusBadge } from "@/features/executions/components/status-badge";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { executionPath } from "@/features/executions/model/execution-path";
import { hasEnded, triggerWords } from "@/features/executions/model/execution";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { dayNow, formatDuration, Time } from "@/shared/ui/time";

interface ExecutionsTableProps {
  executions: readonly ExecutionSummary[];
  label: string;
  /** What its readers call what was run, and what that is. */
  names: { kind: string; nameOf: (execution: ExecutionSummary) => string };
  /** Who ran it: of no interest in a list of one's own. */
  showPerson?: boolean;
  /** Names the organization of each, in a list over several. */
  organizationName?: (organizationId: string) => string;
}

interface RowProps {
  execution: ExecutionSummary;
  name: string;
  /** The organization that the address names. */
  chosenId: string | null;
  showPerson: boolean;
  /** Undefined in a list of one organization. */
  organization: string | undefined;
  /** On another day what was “Today” is not any more. */
  day: string;
}

// The list is asked for again and again: rows that stay as they are do not render. And there are hundreds: plain
// elements, since Mantine's cells take most of the time that it takes to come back to them.
const Row = memo(function Row({ execution, name, chosenId, showPerson, organization }: RowProps) {
  const { error, status } = execution;
  return (
    <tr className={classes.row}>
      <td>
        <StatusBadge status={status} />
      </td>
      <td className={classes.what}>
        <Link className={classes.link} to={executionPath(execution, chosenId)}>
          {name}
        </Link>
        {error !== null && (
          <p className={classes.reason} title={error.message}>
            {error.message}
          </p>
        )}
      </td>
      {organization !== undefined && (
        <td className={classes.whose}>
          <div className={classes.name} title={organization}>
            {organization}
          </div>
        </td>
      )}
      {showPerson && (
        <td className={classes.whose}>
          <div className={classes.name}>{execution.executedByName || execution.executedBy}</div>
        </td>
      )}
      <td className={classes.trigger}>{triggerWords[execution.trigger]}</td>
      <td className={classes.moment}>
        <Time value={execution.startedAt} />
      </td>
      <td className={classes.duration}>{hasEnded(status) ? formatDuration(execution.durationMs) : "–"}</td>
    </tr>
  );
});

/** Executions, newest first; the name of what was run opens one. */
export function ExecutionsTable(props: ExecutionsTableProps) {
  const { executions, label, names, showPerson = true, organizationName } = props;
  const [search] = useSearchParams();
  const chosenId = search.get("org");
  const day = dayNow();
  const isCrowded = showPerson && organizationName !== undefined;
  return (
    <Surface>
      <div className={classes.region}>
        <ScrollRegion label={`${label}, table`}>
          <Table aria-label={label} className={classes.table} data-crowded={isCrowded || undefined}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col" w={110}>
                  Status
                </Table.Th>
                <Table.Th scope="col">{names.kind}</Table.Th>
                {organizationName !== undefined && <Table.Th scope="col">Organization</Table.Th>}
                {showPerson && <Table.Th scope="col">Run by</Table.Th>}
                <Table.Th scope="col" className={classes.trigger}>
                  Trigger
                </Table.Th>
                <Table.Th scope="col">Started</Table.Th>
                <Table.Th scope="col" className={classes.duration}>
                  Duration
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {executions.map((execution) => (
                <Row
                  key={execution.executionId}
                  execution={execution}
                  name={names.nameOf(execution)}
                  chosenId={chosenId}
                  showPerson={showPerson}
                  organization={organizationName?.(execution.organizationId)}
                  day={day}
                />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      </div>
    </Surface>
  );
}
