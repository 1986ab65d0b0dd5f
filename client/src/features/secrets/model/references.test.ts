import { expect, it } from "vitest";

import { ApiError } from "@/api/api-error";
import { nameProblem, secretValueProblem } from "@/features/secrets/model/names";
import { pathOf, referencesOf } from "@/features/secrets/model/references";

const reference = { kind: "config", orgId: "GLOBAL", key: "api key" } as const;

it("finds what names a secret only in a refusal that says so", () => {
  const refused = (status: number, details = {}) => new ApiError({ status, code: "Conflict", message: "No.", details });
  expect(referencesOf(refused(409, { references: [reference, "odd", { kind: "other" }] }))).toEqual([reference]);
  expect(referencesOf(refused(409))).toBeNull();
  expect(referencesOf(refused(412, { references: [reference] }))).toBeNull();
  expect(referencesOf(new Error("odd"))).toBeNull();
});

it("leads to where a reference is set", () => {
  expect(pathOf(reference)).toBe("/settings/configuration?q=api%20key");
  expect(pathOf({ kind: "integration", orgId: "o1", key: "msgraph" })).toBe("/organizations/o1/integrations");
});

it("takes names and values as the API does", () => {
  expect(nameProblem("backup-api-key-2")).toBeNull();
  expect(nameProblem("Backup")).not.toBeNull();
  expect(nameProblem("a".repeat(81))).not.toBeNull();
  expect(secretValueProblem("")).not.toBeNull();
  expect(secretValueProblem("ä".repeat(12_501))).not.toBeNull();
  expect(secretValueProblem("-----BEGIN KEY-----\nabc\n")).toBeNull();
});
