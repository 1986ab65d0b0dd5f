import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { StatusBadge } from "@/features/executions/components/status-badge";
import type { Schedule } from "@/features/schedules/api";
import { schedulesQuery } from "@/features/schedules/api";
import { ScheduleCard } from "@/features/schedules/components/schedule-card";
import { OrgLink } from "@/shared/session/org-link";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { QueryView } from "@/shared/ui/query-view";
import { Time } from "@/shared/ui/time";
import { workflowTitle } from "@/shared/ui/workflow-title";

function LastRun({ run }: { run: Schedule["lastRun"] }) {
  if (run === null) {
    return (
      <Text span c="dimmed" inherit>
        Never yet
      </Text>
    );
  }
  return (
    <Group gap="xs">
      {run.status !== null && <StatusBadge status={run.status} />}
      <Anchor component={OrgLink} to={`/executions/${run.executionId}`} inherit>
        <Time value={run.startedAt ?? run.dueAt} />
      </Anchor>
    </Group>
  );
}

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
                lastRun={<LastRun run={schedule.lastRun} />}
                canSwitch={canSwitch}
              />
            ))}
          </Stack>
        )
      }
    </QueryView>
  );
}
