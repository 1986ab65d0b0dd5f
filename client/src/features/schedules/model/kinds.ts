import type { Schedule } from "@/features/schedules/api";
import { hasGap } from "@/features/schedules/model/tally";
import { workflowTitle } from "@/shared/ui/workflow-title";

/** What a list of schedules can be narrowed to. */
export const scheduleKinds = [
  { value: "", label: "All" },
  { value: "gaps", label: "Not as expected" },
  { value: "off", label: "Switched off" },
];

export function isOfKind({ lastDay, lastWeek, isEnabled }: Schedule, kind: string): boolean {
  switch (kind) {
    case "gaps":
      return hasGap(lastDay) || hasGap(lastWeek);
    case "off":
      return !isEnabled;
    default:
      return true;
  }
}

export function matchesSchedule(schedule: Schedule, search: string): boolean {
  const { workflowName, scheduleName, organizationName } = schedule;
  const words = [workflowName, workflowTitle(workflowName), scheduleName, organizationName ?? "No organization"];
  return words.join(" ").toLocaleLowerCase().includes(search.trim().toLocaleLowerCase());
}
