import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { getExecution, listExecutions, listUserExecutions } from "@/api/generated/management-api/sdk.gen";
import { followExecution } from "@/api/generated/workflow-engine/sdk.gen";
import { inOrganization } from "@/api/services";
import type { ExecutionSummary, LogPage } from "@/features/executions/model/execution";
import { hasEnded } from "@/features/executions/model/execution";

/** Whose executions: an organization's (of one workflow), or one person's own over all organizations. */
export type ExecutionListOf = { organizationId: string; workflowName?: string } | { userId: string };

const executionKeys = {
  list: (of: ExecutionListOf, limit: number) => ["executions", "list", of, limit] as const,
  detail: (organizationId: string, executionId: string) =>
    ["executions", "detail", organizationId, executionId] as const,
};

interface ExecutionsPage {
  items: ExecutionSummary[];
  next: string | null;
}

/** Executions newest first, page by page. */
export function executionsQuery(of: ExecutionListOf, limit = 50) {
  return infiniteQueryOptions({
    queryKey: executionKeys.list(of, limit),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<ExecutionsPage> => {
      const query = { limit, cursor: pageParam ?? undefined };
      const { data, headers } = await ("userId" in of
        ? listUserExecutions({ path: { userId: of.userId }, query, signal })
        : listExecutions({
            headers: inOrganization(of.organizationId),
            query: { ...query, workflowName: of.workflowName },
            signal,
          }));
      const next: unknown = headers["x-next-cursor"];
      return { items: data, next: typeof next === "string" && next !== "" ? next : null };
    },
    getNextPageParam: (page) => page.next,
    // A list with something running in it keeps itself up to date.
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some((item) => !hasEnded(item.status))) ? 3000 : false,
  });
}

/** One execution with everything that was recorded of it. */
export function executionQuery(organizationId: string, executionId: string) {
  return queryOptions({
    queryKey: executionKeys.detail(organizationId, executionId),
    queryFn: async ({ signal }) => {
      const { data } = await getExecution({ headers: inOrganization(organizationId), path: { executionId }, signal });
      return data;
    },
    staleTime: 10_000,
  });
}

interface LogRequest {
  organizationId: string;
  executionId: string;
  after: number;
  waitSeconds: number;
  signal: AbortSignal;
}

/** Log lines after a number; held until there is something new, or the time is over. */
export async function fetchLogPage(request: LogRequest): Promise<LogPage> {
  const { data } = await followExecution({
    headers: inOrganization(request.organizationId),
    path: { executionId: request.executionId },
    query: { after: request.after, wait: request.waitSeconds },
    signal: request.signal,
  });
  return data;
}
