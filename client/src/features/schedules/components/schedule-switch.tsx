import { Stack, Switch } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Schedule } from "@/features/schedules/api";
import { scheduleNameOf, switchScheduleMutation } from "@/features/schedules/api";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { notifyDone } from "@/shared/ui/notify";

interface ScheduleSwitchProps {
  schedule: Schedule;
  /** Workflow and schedule as people call them, and for whom, where several are listed. */
  name: string;
  canSwitch: boolean;
}

/** Whether a schedule runs in its organization. */
export function ScheduleSwitch({ schedule, name, canSwitch }: ScheduleSwitchProps) {
  const change = useMutation(switchScheduleMutation(useQueryClient(), scheduleNameOf(schedule)));
  const shown = change.isPending ? change.variables : schedule.isEnabled;
  return (
    <Stack gap="xs">
      <Switch
        label={shown ? "On" : "Off"}
        aria-label={`Run ${name}`}
        checked={shown}
        disabled={!canSwitch || change.isPending}
        onChange={({ currentTarget: { checked } }) =>
          change.mutate(checked, {
            onSuccess: () => notifyDone(checked ? `${name} is on again.` : `${name} is off.`),
          })
        }
      />
      {change.isError && <ErrorNotice error={change.error} title={`${name} was not switched.`} />}
    </Stack>
  );
}
