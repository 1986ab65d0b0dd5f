import { Stack, Text } from "@mantine/core";
import { Link, useSearchParams } from "react-router";

import { executionPath } from "@/features/executions/model/execution-path";
import classes from "@/features/executions/components/recent-executions.module.css";
import { StatusBadge } from "@/features/executions/components/status-badge";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { hasGoneWrong } from "@/features/executions/model/execution";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

const shown = 8;
const recentHours = 24;

/** What went wrong in the last day comes first, then the newest. */
export function inOrderOfConcern(executions: readonly ExecutionSummary[], now: Date): ExecutionSummary[] {
  const since = now.getTime() - recentHours * 3_600_000;
  const concerns = (execution: ExecutionSummary) =>
    hasGoneWrong(execution.status) && new Date(execution.startedAt).getTime() > since;
  return [...executions.filter(concerns), ...executions.filter((execution) => !concerns(execution))];
}

interface RecentExecutionsProps {
  executions: readonly ExecutionSummary[];
  label: string;
  failuresFirst: boolean;
  /** What its readers call what was run. */
  nameOf: (execution: ExecutionSummary) => string;
}

/** The latest executions in a few lines; each opens its execution. */
export function RecentExecutions({ executions, label, failuresFirst, nameOf }: RecentExecutionsProps) {
  const [search] = useSearchParams();
  const listed = (failuresFirst ? inOrderOfConcern(executions, new Date()) : executions).slice(0, shown);
  return (
    <Surface>
      <Stack component="ul" gap={0} className={classes.list} aria-label={label}>
        {listed.map((execution) => (
          <li key={execution.executionId} className={classes.item}>
            <Link to={executionPath(execution, search.get("org"))} className={classes.link}>
              <span className={classes.status}>
                <StatusBadge status={execution.status} />
              </span>
              <span className={classes.what}>
                <Text span size="sm" fw={500}>
                  {nameOf(execution)}
                </Text>
                {execution.error !== null && (
                  <Text span size="xs" c="dimmed" lineClamp={2} title={execution.error.message}>
                    {execution.error.message}
                  </Text>
                )}
              </span>
              <Text span size="sm" c="dimmed" className={classes.moment}>
                <Time value={execution.startedAt} />
              </Text>
            </Link>
          </li>
        ))}
      </Stack>
    </Surface>
  );
}
