import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "react-router";

import { executionPath } from "@/features/executions/model/execution-path";
import { StatusBadge } from "@/features/executions/components/status-badge";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { Time } from "@/shared/ui/time";
import { workflowTitle } from "@/shared/ui/workflow-title";

interface LastExecutionProps {
  /** The newest of each organization; undefined while they are not known. */
  executions: readonly ExecutionSummary[] | undefined;
  organizationId: string;
}

/** The newest execution of an organization: how it went, when, and the way to it. */
export function LastExecution({ executions, organizationId }: LastExecutionProps) {
  const execution = executions?.find((one) => one.organizationId === organizationId);
  if (execution === undefined) {
    return (
      <Text span c="dimmed" inherit>
        –
      </Text>
    );
  }
  return (
    <Group gap="xs" wrap="nowrap" title={workflowTitle(execution.workflowName)}>
      <StatusBadge status={execution.status} />
      <Anchor component={Link} to={executionPath(execution, organizationId)} inherit>
        <Time value={execution.startedAt} />
      </Anchor>
    </Group>
  );
}
