import type { QueryClient } from "@tanstack/react-query";
import { infiniteQueryOptions, mutationOptions, queryOptions } from "@tanstack/react-query";

import { allItems, listPage } from "@/api/answers";
import { listSchedules, listScheduleSlots, switchGlobalSchedule, switchSchedule } from "@/api/generated/management-api/sdk.gen";
import type {
  ScheduleRead,
  ScheduleSlotRead,
  ScheduleTallyRead,
} from "@/api/generated/management-api/types.gen";
import { inOrganization } from "@/api/services";

export type Schedule = ScheduleRead;
export type ScheduleSlot = ScheduleSlotRead;
export type ScheduleTally = ScheduleTallyRead;

/** Which schedule of which workflow. */
export interface ScheduleName {
  orgId: string;
  workflowName: string;
  scheduleName: string;
}

/** What stands for the schedules of all organizations, which admins may ask for. */
export const allSchedules = "*";
/** Where a workflow that needs no organization runs. */
export const globalSchedules = "GLOBAL";

export function scheduleNameOf({ organizationId, workflowName, scheduleName }: Schedule): ScheduleName {
  return { orgId: organizationId, workflowName, scheduleName };
}

const listKey = ["schedules", "list"] as const;
const scheduleKeys = {
  list: (orgId: string) => [...listKey, orgId] as const,
  slots: (name: ScheduleName) => ["schedules", "slots", name] as const,
};

/** The schedules that run for an organization, or for all of them; what is ahead and what was, kept up to date. */
export function schedulesQuery(orgId: string) {
  return queryOptions({
    queryKey: scheduleKeys.list(orgId),
    queryFn: ({ signal }) =>
      allItems(async (cursor) =>
        listPage(await listSchedules({ headers: inOrganization(orgId), query: { limit: 200, cursor }, signal })),
      ),
    refetchInterval: 60_000,
  });
}

/** What became of each time a schedule was due, newest first. */
export function slotsQuery(name: ScheduleName) {
  const { orgId, workflowName, scheduleName } = name;
  return infiniteQueryOptions({
    queryKey: scheduleKeys.slots(name),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) =>
      listPage(
        await listScheduleSlots({
          headers: inOrganization(orgId),
          query: { workflowName, scheduleName, limit: 10, cursor: pageParam ?? undefined },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
}

/** Switches a schedule on or off for an organization; what was due meanwhile is not caught up. */
export function switchScheduleMutation(queryClient: QueryClient, { orgId, workflowName, scheduleName }: ScheduleName) {
  return mutationOptions({
    mutationFn: async (isEnabled: boolean) => {
      const body = { isEnabled };
      await (orgId === globalSchedules
        ? switchGlobalSchedule({ path: { workflowName, scheduleName }, body })
        : switchSchedule({ path: { orgId, workflowName, scheduleName }, body }));
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: listKey }),
  });
}
