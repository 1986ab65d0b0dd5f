import { Text } from "@mantine/core";

// Twenty-four hours everywhere, as in the logs of the systems that people compare with.
const hourAndMinute = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const today = new Intl.DateTimeFormat(undefined, hourAndMinute);
const thisYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", ...hourAndMinute });
const older = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
  ...hourAndMinute,
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "long",
  hourCycle: "h23",
});
const clock = new Intl.DateTimeFormat(undefined, { ...hourAndMinute, second: "2-digit" });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  ...hourAndMinute,
  second: "2-digit",
});

type TimeFormat = "short" | "clock" | "moment" | "day";

/** Which day it is: what shows “Today” renders anew on another one. */
export function dayNow(): string {
  return new Date().toDateString();
}

function words(moment: Date, format: TimeFormat, isWithin: boolean): string {
  switch (format) {
    case "short":
      return short(moment, new Date(), isWithin);
    case "clock":
      return clock.format(moment);
    case "moment":
      return dayAndClock.format(moment);
    case "day":
      return day.format(moment);
  }
}

function short(moment: Date, now: Date, isWithin: boolean): string {
  if (moment.toDateString() === now.toDateString()) {
    return `${isWithin ? "today" : "Today"} ${today.format(moment)}`;
  }
  return (moment.getFullYear() === now.getFullYear() ? thisYear : older).format(moment);
}

// Asking for it takes longer than all else that a moment needs.
const { timeZone } = full.resolvedOptions();

/** The moment in full, with the reader's zone named. */
export function fullTime(moment: Date): string {
  return `${full.format(moment)} (${timeZone})`;
}

interface TimeProps {
  value: string | null | undefined;
  /** `clock` shows seconds and no date, for lines of a log; `moment` shows both; `day` no time. */
  format?: TimeFormat;
  /** Stands within a sentence. */
  isWithin?: boolean;
}

/** A moment in the reader's zone; the zone shows on hover. */
export function Time({ value, format = "short", isWithin = false }: TimeProps) {
  const moment = value ? new Date(value) : null;
  if (moment === null || Number.isNaN(moment.getTime())) {
    return (
      <Text span c="dimmed" inherit>
        –
      </Text>
    );
  }
  return (
    <time dateTime={moment.toISOString()} title={fullTime(moment)}>
      {words(moment, format, isWithin)}
    </time>
  );
}

/** `340 ms`, `4.2 s`, `3 min 05 s`. */
export function formatDuration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) {
    return "–";
  }
  if (milliseconds < 1000) {
    return `${Math.round(milliseconds)} ms`;
  }
  const seconds = milliseconds / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
