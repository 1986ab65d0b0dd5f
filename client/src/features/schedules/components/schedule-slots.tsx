import { Anchor, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import type { ScheduleName, ScheduleSlot } from "@/features/schedules/api";
import { globalSchedules, slotsQuery } from "@/features/schedules/api";
import { slotStates } from "@/features/schedules/model/tally";
import { withOrganization } from "@/shared/session/org-link";
import { LoadMore } from "@/shared/ui/load-more";
import { QueryView } from "@/shared/ui/query-view";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { StateBadge } from "@/shared/ui/state-badge";
import { Time } from "@/shared/ui/time";

/** Where a run is found: in the schedule's own organization, whichever is chosen at the top. */
function runPath(executionId: string, orgId: string): string {
  const path = `/executions/${executionId}`;
  return orgId === globalSchedules ? `${path}?of=global` : withOrganization(path, orgId);
}

function Due({ slot }: { slot: ScheduleSlot }) {
  return slot.missedSince === null ? (
    <Time value={slot.dueAt} />
  ) : (
    <>
      <Time value={slot.missedSince} /> to <Time value={slot.dueAt} isWithin />, {slot.count} times
    </>
  );
}

/** What became of each time the schedule was due. */
export function ScheduleSlots({ name, label }: { name: ScheduleName; label: string }) {
  const query = useInfiniteQuery(slotsQuery(name));
  return (
    <QueryView query={query} what="the recent times" rows={3}>
      {(data) => {
        const slots = data.pages.flatMap((page) => page.items);
        return slots.length === 0 ? (
          <Text c="dimmed" size="sm">
            It has not been due yet.
          </Text>
        ) : (
          <Stack gap="xs">
            <ScrollRegion label={`Recent times of ${label}, table`}>
              <Table aria-label={`Recent times of ${label}`}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">Due</Table.Th>
                    <Table.Th scope="col">What happened</Table.Th>
                    <Table.Th scope="col">Run or reason</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {slots.map((slot) => (
                    <Table.Tr key={slot.dueAt}>
                      <Table.Td>
                        <Due slot={slot} />
                      </Table.Td>
                      <Table.Td>
                        <StateBadge {...slotStates[slot.state]} />
                      </Table.Td>
                      <Table.Td>
                        {slot.executionId === null ? (
                          (slot.reason ?? "–")
                        ) : (
                          <Anchor component={Link} to={runPath(slot.executionId, name.orgId)} inherit>
                            Open the execution
                          </Anchor>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </ScrollRegion>
            <LoadMore query={query} />
          </Stack>
        );
      }}
    </QueryView>
  );
}
