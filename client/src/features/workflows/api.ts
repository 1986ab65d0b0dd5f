import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import { getMetadata, runWorkflow } from "@/api/generated/workflow-engine/sdk.gen";
import { inOrganization, withoutOrganization } from "@/api/services";
import { byName } from "@/features/workflows/model/catalog";
import { toWorkflowParameters } from "@/features/workflows/model/parameters";
import type { Workflow } from "@/features/workflows/model/workflow";

/** What the author files declare, and which of them failed to import. */
export const catalogQuery = queryOptions({
  queryKey: ["workflows", "catalog"],
  queryFn: async ({ signal }) => {
    const { data } = await getMetadata({ signal });
    return {
      workflows: byName(data.workflows ?? []),
      dataProviders: byName(data.dataProviders ?? []),
      errors: data.errors ?? [],
    };
  },
  // Whoever comes back from their editor sees what they saved.
  staleTime: 5_000,
  refetchOnWindowFocus: true,
});

interface Run {
  parameters: Record<string, unknown>;
  idempotencyKey: string;
  /** Runs it from the queue, whatever time it takes. */
  inBackground: boolean;
}

/**
 * Runs a workflow with what its generated form was filled with; the execution may go on after the answer.
 * Without an organization (null) only what needs none can be run, by admins.
 */
export function runWorkflowMutation(queryClient: QueryClient, organizationId: string | null, workflow: Workflow) {
  return mutationOptions({
    mutationFn: async ({ parameters, idempotencyKey, inBackground }: Run) => {
      const { data } = await runWorkflow({
        headers: {
          ...(organizationId === null ? withoutOrganization() : inOrganization(organizationId)),
          "Idempotency-Key": idempotencyKey,
          Prefer: inBackground ? "respond-async" : "wait=1",
        },
        path: { name: workflow.name },
        body: { parameters: toWorkflowParameters(workflow.parameters ?? [], parameters) },
      });
      return data;
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["executions", "list"] }),
  });
}
