import type { Parameter, Schedule, Workflow } from "@/features/workflows/model/workflow";
import { countOf } from "@/shared/ui/count-of";

/** Types of parameters as technicians say them. */
export const typeWords: Record<Parameter["type"], string> = {
  string: "Text",
  int: "Whole number",
  float: "Number",
  bool: "Yes or no",
  json: "JSON",
  list: "List",
  email: "E-mail address",
  date: "Date",
  datetime: "Date and time",
  file: "File",
};

/** `90 s`, `5 min`, `2 h`: as short as it is exact. */
export function secondsInWords(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) {
    return `${seconds / 3600} h`;
  }
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

export function modeWords({ executionMode }: Workflow): string {
  return executionMode === "async" ? "In the background" : "At once, with the result on the page";
}

/** How often a run that failed is tried again, and after which errors. */
export function retryWords({ retries = 0, retryDelaySeconds = 10, retryOn = [] }: Workflow): string {
  if (retries === 0) {
    return "Not tried again";
  }
  const after = retryOn.length > 0 ? ` after ${retryOn.join(", ")}` : "";
  return `Up to ${countOf(retries, "more try", "more tries")}${after}, ${secondsInWords(retryDelaySeconds)} apart or longer`;
}

export function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a value has to hold to, one sentence each. */
export function ruleWords({ validation }: Parameter): string[] {
  if (validation === null || validation === undefined) {
    return [];
  }
  const { min, max, minLength, maxLength, pattern } = validation;
  const rules: [unknown, string][] = [
    [min, "at least"],
    [max, "at most"],
    [minLength, "length at least"],
    [maxLength, "length at most"],
    [pattern, "pattern"],
  ];
  return rules.flatMap(([value, words]) => (value === null || value === undefined ? [] : [`${words} ${valueText(value)}`]));
}

/** Where the choices of a parameter come from. */
export function optionWords({ options, validation, dataProvider }: Parameter): string {
  if (typeof dataProvider === "string") {
    return `From ${dataProvider}`;
  }
  const labels = options?.map(({ label }) => label) ?? validation?.enum?.map(valueText) ?? [];
  return labels.join(", ");
}

/** For whom a schedule runs; those it lists are counted only, and only admins are told of them. */
export function scheduleScope({ requiresOrg = true }: Workflow, schedule: Schedule): string {
  const { allOrganizations = true, organizations = [], tags = [] } = schedule;
  if (!requiresOrg) {
    return "Once, without an organization";
  }
  if (allOrganizations) {
    return "All organizations";
  }
  const parts = [
    ...(organizations.length > 0 ? [countOf(organizations.length, "listed organization")] : []),
    ...(tags.length > 0 ? [`organizations tagged ${tags.join(", ")}`] : []),
  ];
  const words = parts.length === 0 ? "listed organizations" : parts.join(" and ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
