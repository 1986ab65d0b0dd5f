import { Text } from "@mantine/core";

const today = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const thisYear = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const older = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "long",
});
const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Which day it is: what shows “Today” renders anew on another one. */
export function dayNow(): string {
  return new Date().toDateString();
}

function words(moment: Date, format: "short" | "clock" | "moment"): string {
  switch (format) {
    case "short":
      return short(moment, new Date());
    case "clock":
      return clock.format(moment);
    case "moment":
      return dayAndClock.format(moment);
  }
}

function short(moment: Date, now: Date): string {
  if (moment.toDateString() === now.toDateString()) {
    return `Today ${today.format(moment)}`;
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
  /** `clock` shows seconds and no date, for lines of a log; `moment` shows both. */
  format?: "short" | "clock" | "moment";
}

/** A moment in the reader's zone; the zone shows on hover. */
export function Time({ value, format = "short" }: TimeProps) {
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
      {words(moment, format)}
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
