import type { QueryClient } from "@tanstack/react-query";
import { infiniteQueryOptions, mutationOptions, queryOptions } from "@tanstack/react-query";

import { allItems, listPage } from "@/api/answers";
import {
  getExecution,
  getExecutionValue,
  listExecutions,
  listLatestExecutions,
  listUserExecutions,
} from "@/api/generated/management-api/sdk.gen";
import { cancelExecution, downloadFile, followExecution, getMetadata } from "@/api/generated/workflow-engine/sdk.gen";
import { inOrganization, withoutOrganization } from "@/api/services";
import type { LogPage } from "@/features/executions/model/execution";
import { hasEnded } from "@/features/executions/model/execution";
import type { ExecutionFilters } from "@/features/executions/model/filters";
import { filterQuery, noFilters } from "@/features/executions/model/filters";

/** Whose executions: an organization's, those of all organizations (for admins), or one person's own everywhere. */
export type ExecutionListOf = { organizationId: string } | { everywhere: true } | { userId: string };

const executionKeys = {
  list: (of: ExecutionListOf, limit: number, filters: ExecutionFilters) =>
    ["executions", "list", of, limit, filters] as const,
  detail: (organizationId: string, executionId: string) =>
    ["executions", "detail", organizationId, executionId] as const,
  value: (organizationId: string, executionId: string, valueId: string) =>
    ["executions", "value", organizationId, executionId, valueId] as const,
};

/** What stands for runs without an organization. */
export const globalOrganization = "GLOBAL";

interface PageRequest {
  of: ExecutionListOf;
  filters: ExecutionFilters;
  limit: number;
  cursor: string | null;
  signal?: AbortSignal;
}

/** One page of executions, newest first. */
export async function fetchExecutions({ of, filters, limit, cursor, signal }: PageRequest) {
  const page = { limit, cursor: cursor ?? undefined };
  if ("userId" in of) {
    return listPage(await listUserExecutions({ path: { userId: of.userId }, query: page, signal }));
  }
  const headers = inOrganization("everywhere" in of ? "*" : of.organizationId);
  return listPage(await listExecutions({ headers, query: { ...filterQuery(filters), ...page }, signal }));
}

/** Executions newest first, page by page; a person's own everywhere take no filters. */
export function executionsQuery(of: ExecutionListOf, limit = 50, filters: ExecutionFilters = noFilters) {
  return infiniteQueryOptions({
    queryKey: executionKeys.list(of, limit, filters),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => fetchExecutions({ of, filters, limit, cursor: pageParam, signal }),
    getNextPageParam: (page) => page.next,
    // A list with something running in it keeps itself up to date; the longer it is, the more that asks for.
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some((item) => !hasEnded(item.status)))
        ? 3000 * state.data.pages.length
        : false,
  });
}

/** The newest execution of each organization whose history the person may view. */
export const latestExecutionsQuery = queryOptions({
  queryKey: ["executions", "latest"],
  queryFn: ({ signal }) =>
    allItems(async (cursor) => listPage(await listLatestExecutions({ query: { limit: 100, cursor }, signal }))),
  staleTime: 15_000,
});

/** Names of the workflows that a list can be narrowed to. */
export const workflowNamesQuery = queryOptions({
  queryKey: ["executions", "workflow-names"],
  queryFn: async ({ signal }) => {
    const { data } = await getMetadata({ signal });
    return (data.workflows ?? []).map(({ name }) => name).sort((a, b) => a.localeCompare(b));
  },
  staleTime: 60_000,
});

/** The engine knows runs without an organization by naming none. */
function inEngine(organizationId: string): ReturnType<typeof inOrganization> {
  return organizationId === globalOrganization ? withoutOrganization() : inOrganization(organizationId);
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
    // The log tells of its end at once; attempts and requests to stop are in the record alone.
    refetchInterval: ({ state }) => (state.data !== undefined && !hasEnded(state.data.status) ? 5000 : false),
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
    headers: inEngine(request.organizationId),
    path: { executionId: request.executionId },
    query: { after: request.after, wait: request.waitSeconds },
    signal: request.signal,
  });
  return data;
}

/** The whole of a value that the record or the log shows cut. */
export function executionValueQuery(organizationId: string, executionId: string, valueId: string) {
  return queryOptions({
    queryKey: executionKeys.value(organizationId, executionId, valueId),
    queryFn: async ({ signal }): Promise<unknown> => {
      const { data } = await getExecutionValue({
        headers: inOrganization(organizationId),
        path: { executionId, valueId },
        signal,
      });
      return data;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Asks a waiting or running execution to stop. */
export function cancelExecutionMutation(queryClient: QueryClient, organizationId: string, executionId: string) {
  return mutationOptions({
    mutationFn: async () => {
      const { data } = await cancelExecution({ headers: inEngine(organizationId), path: { executionId } });
      return data;
    },
    // Also after a refusal: it may have ended meanwhile.
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: executionKeys.detail(organizationId, executionId) }),
        queryClient.invalidateQueries({ queryKey: ["executions", "list"] }),
      ]),
  });
}

/** The content of a file that an execution was given or has saved. */
export function downloadFileMutation(organizationId: string, executionId: string) {
  return mutationOptions({
    mutationFn: async (fileId: string): Promise<Blob> => {
      const { data } = await downloadFile({
        headers: inEngine(organizationId),
        path: { executionId, fileId },
      });
      return data;
    },
  });
}
