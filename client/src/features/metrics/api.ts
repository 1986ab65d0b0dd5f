import { queryOptions } from "@tanstack/react-query";

import { getHealth as getManagementHealth, getMetrics } from "@/api/generated/management-api/sdk.gen";
import { getHealth as getEngineHealth } from "@/api/generated/workflow-engine/sdk.gen";
import type { MetricsWindow } from "@/features/metrics/model/metrics";

/** How executions went lately; the service counts anew every 15 seconds at most. */
export function metricsQuery(window: MetricsWindow) {
  return queryOptions({
    queryKey: ["metrics", window],
    queryFn: async ({ signal }) => (await getMetrics({ query: { window }, signal })).data,
    staleTime: 15_000,
    refetchInterval: 60_000,
  });
}

const checkEach = { staleTime: 0, refetchInterval: 30_000, retry: false } as const;

/** Every part that the Management API stands on. */
export const managementHealthQuery = queryOptions({
  queryKey: ["health-parts", "management-api"],
  queryFn: async ({ signal }) => (await getManagementHealth({ signal, timeout: 10_000 })).data,
  ...checkEach,
});

/** Every part that the Workflow Engine stands on, its runners, and how many files have errors. */
export const engineHealthQuery = queryOptions({
  queryKey: ["health-parts", "workflow-engine"],
  queryFn: async ({ signal }) => (await getEngineHealth({ signal, timeout: 10_000 })).data,
  ...checkEach,
});
