import { globalOrganization } from "@/features/executions/api";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { withOrganization } from "@/shared/session/org-link";

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
