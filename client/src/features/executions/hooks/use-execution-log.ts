import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";

import { executionQuery, fetchLogPage } from "@/features/executions/api";
import type { LogState } from "@/features/executions/model/log-follower";
import { LogFollower } from "@/features/executions/model/log-follower";
import { useConfig } from "@/shared/config/config-context";

/** The log of an execution, followed while it runs; its end brings the whole record up to date. */
export function useExecutionLog(organizationId: string, executionId: string): LogState {
  const { longPollSeconds } = useConfig();
  const queryClient = useQueryClient();
  const follower = useMemo(
    () =>
      new LogFollower({
        waitSeconds: longPollSeconds,
        fetchPage: (after, waitSeconds, signal) =>
          fetchLogPage({ organizationId, executionId, after, waitSeconds, signal }),
      }),
    [organizationId, executionId, longPollSeconds],
  );
  const state = useSyncExternalStore(follower.subscribe, follower.snapshot);

  // The record is a second source; only the log knows the moment the execution ended.
  useEffect(() => {
    if (state.isDone) {
      void queryClient.invalidateQueries({ queryKey: executionQuery(organizationId, executionId).queryKey });
      void queryClient.invalidateQueries({ queryKey: ["executions", "list"] });
    }
  }, [state.isDone, queryClient, organizationId, executionId]);
  return state;
}
