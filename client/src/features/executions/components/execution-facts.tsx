import { Text } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "@/features/executions/components/execution-facts.module.css";
import type { Execution } from "@/features/executions/model/execution";
import { triggerWords } from "@/features/executions/model/execution";
import { Surface } from "@/shared/ui/surface";
import { formatDuration, Time } from "@/shared/ui/time";
import { workflowTitle } from "@/shared/ui/workflow-title";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface ExecutionFactsProps {
  execution: Execution;
  organizationName: string;
  /** Which code ran, for those who look after it. */
  showVersion: boolean;
}

/** Who ran what, when, where from. */
export function ExecutionFacts({ execution, organizationName, showVersion }: ExecutionFactsProps) {
  const hasStarted = execution.status !== "Pending";
  return (
    <Surface p="md">
      <dl className={classes.facts}>
        <Fact name="Workflow">
          {workflowTitle(execution.workflowName)}
          <Text size="xs" c="dimmed" ff="monospace">
            {execution.workflowName}
          </Text>
        </Fact>
        <Fact name="Organization">{organizationName}</Fact>
        <Fact name="Run by">{execution.executedByName || execution.executedBy}</Fact>
        <Fact name="Started through">{triggerWords[execution.trigger]}</Fact>
        <Fact name={hasStarted ? "Started" : "Asked for"}>
          <Time value={execution.startedAt} />
        </Fact>
        <Fact name="Ended">
          <Time value={execution.completedAt} />
        </Fact>
        <Fact name="Duration">{formatDuration(execution.durationMs)}</Fact>
        <Fact name="From address">{execution.ipAddress ?? "–"}</Fact>
        {showVersion && (
          <>
            <Fact name="Time limit">{formatDuration(execution.timeoutSeconds * 1000)}</Fact>
            <Fact name="Version of the code">
              <Text size="xs" ff="monospace" title={execution.contentHash}>
                {execution.contentHash.slice(0, 12) || "–"}
              </Text>
            </Fact>
          </>
        )}
      </dl>
    </Surface>
  );
}
