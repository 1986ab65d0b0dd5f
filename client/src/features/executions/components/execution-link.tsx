import { Anchor } from "@mantine/core";
import { Link, useSearchParams } from "react-router";

import { globalOrganization } from "@/features/executions/api";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { withOrganization } from "@/shared/session/org-link";
import { workflowTitle } from "@/shared/ui/workflow-title";

/** Where an execution's page is: in its own organization, whichever is chosen now. */
export function executionPath(
  execution: Pick<ExecutionSummary, "executionId" | "organizationId">,
  chosenId: string | null,
): string {
  const path = `/executions/${execution.executionId}`;
  if (execution.organizationId === globalOrganization) {
    return withOrganization(`${path}?of=global`, chosenId);
  }
  return withOrganization(path, chosenId === null ? null : execution.organizationId);
}

/** The workflow's name, which opens the execution. */
export function ExecutionLink({ execution }: { execution: ExecutionSummary }) {
  const [search] = useSearchParams();
  return (
    <Anchor component={Link} to={executionPath(execution, search.get("org"))} inherit fw={500}>
      {workflowTitle(execution.workflowName)}
    </Anchor>
  );
}
