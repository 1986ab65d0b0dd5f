import { describe, expect, it } from "vitest";

import type { Operator } from "@/api/generated/management-api/types.gen";
import { toFormDefinition } from "@/features/forms/model/from-api";
import type { FormValues } from "@/features/forms/model/values";
import { visibleFields } from "@/features/forms/model/visibility";
import { makeField, makeForm } from "@/testing/data";

type Given = Parameters<typeof makeField>[0];

function shown(fields: Given[], values: FormValues): string[] {
  return visibleFields(toFormDefinition(makeForm(fields.map(makeField))).fields, values).map((field) => field.name);
}

function isShown(source: Given, operator: Operator, value: unknown, given: FormValues[string]): boolean {
  const dependent: Given = { name: "dependent", visibleWhen: { field: source.name, operator, value } };
  return shown([source, dependent], { [source.name]: given }).includes("dependent");
}

describe("a field with a rule", () => {
  const text: Given = { name: "source" };
  const number: Given = { name: "source", type: "number" };
  const box: Given = { name: "source", type: "checkbox" };
  const many: Given = { name: "source", type: "multiselect" };
  const day: Given = { name: "source", type: "date" };

  it.each<[string, Given, Operator, unknown, FormValues[string], boolean]>([
    ["equals its value", text, "equals", "a", "a", true],
    ["is not another value", text, "equals", "a", "b", false],
    ["is empty and equals nothing", text, "equals", "", "", false],
    ["is empty and not equal", text, "notEquals", "a", "", true],
    ["equals a number as a number", number, "equals", 5, "5.0", true],
    ["is text and no number", text, "equals", 5, "5", false],
    ["is ticked", box, "equals", true, true, true],
    ["is not ticked", box, "equals", false, false, true],
    ["is one of several", text, "in", ["a", "b"], "b", true],
    ["is none of several", text, "notIn", ["a", "b"], "c", true],
    ["contains a choice", many, "contains", "x", ["x", "y"], true],
    ["contains a text", text, "contains", "min", "admin", true],
    ["is empty", many, "isEmpty", null, [], true],
    ["has something", text, "isNotEmpty", null, "a", true],
    ["is greater", number, "greaterThan", 10, "11", true],
    ["is as large", number, "greaterThan", 10, "10", false],
    ["is unreadable and not less", number, "lessThan", 10, "abc", false],
    ["is a later day", day, "greaterThan", "2026-01-31", "2026-02-01", true],
  ])("shows when the other %s", (_name, source, operator, value, given, expected) => {
    expect(isShown(source, operator, value, given)).toBe(expected);
  });

  it("hides with the field that it depends on, whatever that still holds", () => {
    const fields: Given[] = [
      { name: "a" },
      { name: "b", visibleWhen: { field: "a", operator: "equals", value: "yes" } },
      { name: "c", visibleWhen: { field: "b", operator: "equals", value: "yes" } },
    ];
    expect(shown(fields, { a: "yes", b: "yes", c: "" })).toEqual(["a", "b", "c"]);
    expect(shown(fields, { a: "no", b: "yes", c: "" })).toEqual(["a"]);
  });
});
