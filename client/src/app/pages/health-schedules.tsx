import { Anchor, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { LastRun } from "@/app/pages/last-run";
import { allSchedules, schedulesQuery } from "@/features/schedules/api";
import { SchedulesTable } from "@/features/schedules/components/schedules-table";
import { hasGap } from "@/features/schedules/model/tally";
import { OrgLink } from "@/shared/session/org-link";
import { QueryView } from "@/shared/ui/query-view";

/** Whether what runs by itself ran as expected in the last day, over all organizations. */
export function HealthSchedules() {
  const query = useQuery(schedulesQuery(allSchedules));
  return (
    <Stack gap="md" component="section" aria-label="Schedules">
      <Title order={2}>Schedules</Title>
      <QueryView query={query} what="the schedules" rows={2}>
        {(schedules) => {
          const gaps = schedules.filter(({ lastDay }) => hasGap(lastDay));
          const expected = schedules.reduce((sum, { lastDay }) => sum + lastDay.expected, 0);
          const fired = schedules.reduce((sum, { lastDay }) => sum + lastDay.fired, 0);
          return (
            <>
              <Text>
                {expected === 0
                  ? "No run was due in the last 24 hours."
                  : `Last 24 hours: ${fired} of ${expected} expected runs began.`}{" "}
                <Anchor component={OrgLink} to="/schedules" inherit>
                  All schedules
                </Anchor>
              </Text>
              {gaps.length > 0 && (
                <SchedulesTable schedules={gaps} lastRun={(schedule) => <LastRun schedule={schedule} />} />
              )}
            </>
          );
        }}
      </QueryView>
    </Stack>
  );
}
