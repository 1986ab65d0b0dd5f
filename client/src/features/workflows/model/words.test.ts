import { expect, it } from "vitest";

import { optionWords, retryWords, ruleWords, scheduleScope, secondsInWords } from "@/features/workflows/model/words";
import type { Parameter, Schedule } from "@/features/workflows/model/workflow";

const parameter: Parameter = { name: "seats", label: "Seats", type: "int", required: true };
const schedule: Schedule = { name: "nightly", cron: "0 2 * * *", timezone: "UTC" };

it.each([
  [90, "90 s"],
  [180, "3 min"],
  [7200, "2 h"],
  [5400, "90 min"],
  [0.5, "0.5 s"],
])("says %s seconds as %s", (seconds, words) => {
  expect(secondsInWords(seconds)).toBe(words);
});

it("says how often a failed run is tried again, and after what", () => {
  expect(retryWords({ name: "a" })).toBe("Not tried again");
  expect(retryWords({ name: "a", retries: 1, retryDelaySeconds: 5 })).toBe("Up to 1 more try, 5 s apart or longer");
  expect(retryWords({ name: "a", retries: 2, retryDelaySeconds: 60, retryOn: ["IntegrationError"] })).toBe(
    "Up to 2 more tries after IntegrationError, 1 min apart or longer",
  );
});

it("names the rules that a parameter has, zero among them", () => {
  expect(ruleWords(parameter)).toEqual([]);
  expect(ruleWords({ ...parameter, validation: { min: 0, max: 5, pattern: null } })).toEqual(["at least 0", "at most 5"]);
  expect(ruleWords({ ...parameter, validation: { pattern: "^a$" } })).toEqual(["pattern ^a$"]);
});

it("names where choices come from", () => {
  expect(optionWords(parameter)).toBe("");
  expect(optionWords({ ...parameter, dataProvider: "get_groups" })).toBe("From get_groups");
  expect(optionWords({ ...parameter, options: [{ label: "One", value: 1 }] })).toBe("One");
  expect(optionWords({ ...parameter, validation: { enum: [1, "b"] } })).toBe("1, b");
});

it("says for whom a schedule runs, also to those who are not told which are listed", () => {
  const listed = { ...schedule, allOrganizations: false };
  expect(scheduleScope({ name: "a" }, schedule)).toBe("All organizations");
  expect(scheduleScope({ name: "a", requiresOrg: false }, schedule)).toBe("Once, without an organization");
  expect(scheduleScope({ name: "a" }, { ...listed, organizations: ["x", "y"], tags: ["gold"] })).toBe(
    "2 listed organizations and organizations tagged gold",
  );
  expect(scheduleScope({ name: "a" }, listed)).toBe("Listed organizations");
});
