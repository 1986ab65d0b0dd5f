import { useQuery } from "@tanstack/react-query";

import type { ExecutionSummary } from "@/features/executions/model/execution";
import { formsQuery } from "@/features/forms/api";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { workflowTitle } from "@/shared/ui/workflow-title";

type Run = Pick<ExecutionSummary, "formId" | "workflowName">;

/** What a person calls what was run: client users know their forms only, everybody else the workflows. */
export function useRunNames() {
  const me = useMe();
  const organization = useOrganization();
  const byForm = me.userType === "ORG";
  const { data: forms } = useQuery({ ...formsQuery(organization.id), enabled: byForm });
  const formName = (formId: string | null) => (byForm ? forms?.find(({ id }) => id === formId)?.name : undefined);
  const nameOf = (run: Run) => formName(run.formId) ?? workflowTitle(run.workflowName);
  return { kind: byForm ? "Form" : "Workflow", nameOf };
}
