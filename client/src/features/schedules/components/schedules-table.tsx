import { Anchor, Button, Modal, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";
import { Link } from "react-router";

import type { Schedule } from "@/features/schedules/api";
import { globalSchedules, scheduleNameOf } from "@/features/schedules/api";
import { ScheduleSlots } from "@/features/schedules/components/schedule-slots";
import { ScheduleSwitch } from "@/features/schedules/components/schedule-switch";
import { TallyText } from "@/features/schedules/components/tally-text";
import { withOrganization } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";
import { workflowTitle } from "@/shared/ui/workflow-title";

interface SchedulesTableProps {
  schedules: readonly Schedule[];
  /** How the newest run of one ended, with the way to it. */
  lastRun: (schedule: Schedule) => ReactNode;
}

function nameOf({ workflowName, scheduleName, organizationId, organizationName }: Schedule): string {
  const where = organizationId === globalSchedules ? "without an organization" : `for ${organizationName ?? organizationId}`;
  return `${workflowTitle(workflowName)}, ${scheduleName}, ${where}`;
}

function Place({ schedule: { organizationId, organizationName } }: { schedule: Schedule }) {
  return organizationId === globalSchedules ? (
    "No organization"
  ) : (
    <Anchor component={Link} to={withOrganization(`/organizations/${organizationId}/schedules`, organizationId)} inherit>
      {organizationName ?? organizationId}
    </Anchor>
  );
}

function Row({ schedule, lastRun }: { schedule: Schedule } & Pick<SchedulesTableProps, "lastRun">) {
  const { workflowName, scheduleName, description, timezone, nextRuns, lastDay, lastWeek } = schedule;
  const [isOpen, setOpen] = useState(false);
  const name = nameOf(schedule);
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500} miw={200}>
        {workflowTitle(workflowName)}
        <Text size="xs" c="dimmed" fw={400}>
          {scheduleName} · {description}, {timezone}
        </Text>
      </Table.Th>
      <Table.Td>
        <Place schedule={schedule} />
      </Table.Td>
      <Table.Td>{nextRuns[0] === undefined ? "None while it is off" : <Time value={nextRuns[0].at} />}</Table.Td>
      <Table.Td>{lastRun(schedule)}</Table.Td>
      <Table.Td>
        <TallyText tally={lastDay} />
        <Text size="xs" c="dimmed">
          7 days: <TallyText tally={lastWeek} />
        </Text>
      </Table.Td>
      <Table.Td>
        <Button size="compact-sm" variant="subtle" aria-label={`Recent times: ${name}`} onClick={() => setOpen(true)}>
          Recent times
        </Button>
        <Modal opened={isOpen} onClose={() => setOpen(false)} size="xl" title={name}>
          <ScheduleSlots name={scheduleNameOf(schedule)} label={name} />
        </Modal>
      </Table.Td>
      <Table.Td>
        <ScheduleSwitch schedule={schedule} name={name} canSwitch />
      </Table.Td>
    </Table.Tr>
  );
}

/** Schedules of several organizations: what is ahead, what was expected and what ran. */
export function SchedulesTable({ schedules, lastRun }: SchedulesTableProps) {
  return (
    <Surface>
      <ScrollRegion label="Schedules, table">
        <Table aria-label="Schedules">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Workflow</Table.Th>
              <Table.Th scope="col">Organization</Table.Th>
              <Table.Th scope="col">Next run</Table.Th>
              <Table.Th scope="col">Last run</Table.Th>
              <Table.Th scope="col">Last 24 hours</Table.Th>
              <Table.Td />
              <Table.Th scope="col">Switch</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {schedules.map((schedule) => (
              <Row
                key={`${schedule.organizationId}/${schedule.workflowName}/${schedule.scheduleName}`}
                schedule={schedule}
                lastRun={lastRun}
              />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
