import { Anchor, Text } from "@mantine/core";

import type { Execution } from "@/features/executions/model/execution";
import { triggerWords } from "@/features/executions/model/execution";
import { OrgLink } from "@/shared/session/org-link";
import { Fact, Facts } from "@/shared/ui/facts";
import { Surface } from "@/shared/ui/surface";
import { formatDuration, Time } from "@/shared/ui/time";
import { workflowTitle } from "@/shared/ui/workflow-title";

interface ExecutionFactsProps {
  execution: Execution;
  organizationName: string;
  /** The form that it was run by, where its reader has it. */
  formName: string | undefined;
  /** Which workflow and which code ran, for those who look after it. */
  showCode: boolean;
}

/** Who ran what, when, where from. */
export function ExecutionFacts({ execution, organizationName, formName, showCode }: ExecutionFactsProps) {
  const hasStarted = execution.status !== "Pending";
  const { workflowName } = execution;
  return (
    <Surface p="md">
      <Facts>
        {showCode && (
          <Fact name="Workflow">
            <Anchor component={OrgLink} to={`/workflows/${workflowName}`} inherit>
              {workflowTitle(workflowName)}
            </Anchor>
          </Fact>
        )}
        {formName !== undefined && (
          <Fact name="Form">
            <Anchor component={OrgLink} to={`/forms/${execution.formId}`} inherit>
              {formName}
            </Anchor>
          </Fact>
        )}
        <Fact name="Organization">{organizationName}</Fact>
        <Fact name="Run by">{execution.executedByName || execution.executedBy}</Fact>
        <Fact name="Trigger">{triggerWords[execution.trigger]}</Fact>
        <Fact name={hasStarted ? "Started" : "Requested"}>
          <Time value={execution.startedAt} />
        </Fact>
        <Fact name="Ended">
          <Time value={execution.completedAt} />
        </Fact>
        <Fact name="Duration">{formatDuration(execution.durationMs)}</Fact>
        <Fact name="IP address">{execution.ipAddress ?? "–"}</Fact>
        {showCode && (
          <>
            <Fact name="Time limit">{formatDuration(execution.timeoutSeconds * 1000)}</Fact>
            <Fact name="Version of the code">
              <Text span size="xs" ff="monospace" title={execution.contentHash}>
                {execution.contentHash.slice(0, 12) || "–"}
              </Text>
            </Fact>
          </>
        )}
      </Facts>
    </Surface>
  );
}
