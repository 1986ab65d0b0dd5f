import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { LastRun } from "@/app/pages/last-run";
import { schedulesQuery } from "@/features/schedules/api";
import { ScheduleCard } from "@/features/schedules/components/schedule-card";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { QueryView } from "@/shared/ui/query-view";
import { workflowTitle } from "@/shared/ui/workflow-title";

/** The workflows that run by themselves for the organization. */
export function OrganizationSchedules() {
  const { isAdmin } = useMe();
  const { id, permissions } = useOrganization();
  const canSwitch = isAdmin || permissions.canManageConfig;
  const query = useQuery(schedulesQuery(id));
  return (
    <QueryView query={query} what="the schedules" rows={3} rowHeight={120}>
      {(schedules) =>
        schedules.length === 0 ? (
          <EmptyState title="Nothing runs by itself here">
            A workflow gets a schedule in its code, for all organizations or for those with certain tags. It is listed
            here as soon as it covers this organization.
          </EmptyState>
        ) : (
          <Stack>
            {!canSwitch && (
              <Text c="dimmed" size="sm">
                Switching a schedule needs the permission to manage configuration here.
              </Text>
            )}
            {schedules.map((schedule) => (
              <ScheduleCard
                key={`${schedule.workflowName}/${schedule.scheduleName}`}
                schedule={schedule}
                title={workflowTitle(schedule.workflowName)}
                lastRun={<LastRun schedule={schedule} />}
                canSwitch={canSwitch}
              />
            ))}
          </Stack>
        )
      }
    </QueryView>
  );
}
