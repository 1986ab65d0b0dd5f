import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useId, useState } from "react";

import type { Schedule } from "@/features/schedules/api";
import { scheduleNameOf } from "@/features/schedules/api";
import { ScheduleSlots } from "@/features/schedules/components/schedule-slots";
import { ScheduleSwitch } from "@/features/schedules/components/schedule-switch";
import { TallyText } from "@/features/schedules/components/tally-text";
import { overlapWords } from "@/features/schedules/model/tally";
import { Fact, Facts } from "@/shared/ui/facts";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

interface ScheduleCardProps {
  schedule: Schedule;
  /** The workflow as people call it. */
  title: string;
  /** How the newest run ended, with a way to it. */
  lastRun: ReactNode;
  canSwitch: boolean;
}

function Tally({ name, tally }: { name: string; tally: Schedule["lastDay"] }) {
  return (
    <Fact name={name}>
      <TallyText tally={tally} />
    </Fact>
  );
}

/** One schedule: when it runs, what is ahead, what was; and its switch for this organization. */
export function ScheduleCard({ schedule, title, lastRun, canSwitch }: ScheduleCardProps) {
  const { scheduleName, nextRuns } = schedule;
  const [isOpen, setOpen] = useState(false);
  const slotsId = useId();
  const full = `${title}, ${scheduleName}`;
  return (
    <Surface p="md" component="article" aria-label={full}>
      <Stack>
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <div>
            <Title order={2}>{title}</Title>
            <Text c="dimmed" size="sm">
              {scheduleName} · {schedule.description}, {schedule.timezone} ·{" "}
              <Text span ff="monospace" inherit>
                {schedule.cron}
              </Text>
            </Text>
          </div>
          <ScheduleSwitch schedule={schedule} name={full} canSwitch={canSwitch} />
        </Group>
        <Facts>
          <Fact name="Next runs">
            {nextRuns.length === 0
              ? "None while it is off"
              : nextRuns.map(({ at }) => (
                  <div key={at}>
                    <Time value={at} />
                  </div>
                ))}
          </Fact>
          <Fact name="Last run">{lastRun}</Fact>
          <Tally name="Last 24 hours" tally={schedule.lastDay} />
          <Tally name="Last 7 days" tally={schedule.lastWeek} />
          <Fact name="Overlap">{overlapWords(schedule.overlap)}</Fact>
        </Facts>
        <Group>
          <Button
            size="xs"
            variant="default"
            aria-expanded={isOpen}
            aria-controls={isOpen ? slotsId : undefined}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Hide recent times" : "Show recent times"}
          </Button>
        </Group>
        {isOpen && (
          <div id={slotsId}>
            <ScheduleSlots name={scheduleNameOf(schedule)} label={full} />
          </div>
        )}
      </Stack>
    </Surface>
  );
}
