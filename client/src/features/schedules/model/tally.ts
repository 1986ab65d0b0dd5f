import type { ScheduleSlot, ScheduleTally } from "@/features/schedules/api";
import type { StateTone } from "@/shared/ui/state-badge";

/** How often it was due and ran; then, in words, what did not run. */
export function tallyWords(tally: ScheduleTally): string {
  if (tally.expected === 0) {
    return "Not due";
  }
  const { expected, fired, missed, skipped, failed, overdue } = tally;
  const rest = [
    missed > 0 && `${missed} missed`,
    skipped > 0 && `${skipped} skipped`,
    failed > 0 && `${failed} could not start`,
    overdue > 0 && `${overdue} overdue`,
  ].filter((part) => part !== false);
  return [`${fired} of ${expected} ran`, ...rest].join(", ");
}

/** Whether something that was due did not run. */
export function hasGap({ missed, failed, overdue }: ScheduleTally): boolean {
  return missed + failed + overdue > 0;
}

export const slotStates: Record<ScheduleSlot["state"], { tone: StateTone; label: string }> = {
  fired: { tone: "success", label: "Ran" },
  skipped: { tone: "neutral", label: "Skipped" },
  missed: { tone: "warning", label: "Missed" },
  failed: { tone: "failure", label: "Could not start" },
};

/** What happens when it is due while the run before goes on. */
export function overlapWords(overlap: string): string {
  return overlap === "queue" ? "Waits for the run before" : "Skipped while the run before goes on";
}
