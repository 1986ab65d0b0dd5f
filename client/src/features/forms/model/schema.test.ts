import { describe, expect, it } from "vitest";

import { toFormDefinition } from "@/features/forms/model/from-api";
import { loadPatterns, noPatterns } from "@/features/forms/model/patterns";
import { FormValidator } from "@/features/forms/model/schema";
import type { FormValues } from "@/features/forms/model/values";
import { makeField, makeForm } from "@/testing/data";

type Given = Omit<Parameters<typeof makeField>[0], "name">;

const patterns = await loadPatterns();

function problem(field: Given, value: FormValues[string], matches = patterns): string | undefined {
  const { fields } = toFormDefinition(makeForm([makeField({ name: "field", ...field })]));
  return new FormValidator(fields, matches).errors(fields, { field: value }).field;
}

describe("a field's rules", () => {
  it.each<[string, Given, FormValues[string], string | undefined]>([
    ["a required text", { required: true }, "", "This field is required."],
    ["a required text of spaces", { required: true }, "   ", "This field is required."],
    ["an optional text", {}, "", undefined],
    ["a required choice of several", { type: "multiselect", required: true }, [], "This field is required."],
    ["a required box", { type: "checkbox", required: true }, false, "Tick this box to go on."],
    ["an optional box", { type: "checkbox" }, false, undefined],
    ["a short text", { validation: { minLength: 3 } }, "ab", "At least 3 characters."],
    ["a long text", { validation: { maxLength: 3 } }, "abcd", "At most 3 characters."],
    ["an optional text with a length, left empty", { validation: { minLength: 3 } }, "", undefined],
    [
      "a line break in one line",
      {},
      "a\nb",
      "Remove the characters that cannot be shown (control characters, line breaks).",
    ],
    ["a line break in a text of several lines", { type: "textarea" }, "a\nb", undefined],
    ["an address", { type: "email" }, "ada@contoso.example", undefined],
    ["no address", { type: "email" }, "ada@", "Enter an e-mail address, such as first.last@company.com."],
    ["a number", { type: "number" }, "-12.5", undefined],
    ["no number", { type: "number" }, "12a", "Enter a number."],
    ["an infinite number", { type: "number" }, "1e99", "Enter a number that is not so large."],
    ["a small number", { type: "number", validation: { min: 1 } }, "0", "At least 1."],
    ["zero as a bound", { type: "number", validation: { max: 0 } }, "1", "At most 0."],
    [
      "an early day",
      { type: "date", validation: { min: "2026-02-01", message: "Too early." } },
      "2026-01-31",
      "Too early.",
    ],
    ["the first day", { type: "date", validation: { min: "2026-02-01" } }, "2026-02-01", undefined],
    ["half a date", { type: "date" }, "2026-1", "Enter a date."],
    [
      "a choice that is not offered",
      { type: "select", options: [{ label: "A", value: "a" }] },
      "b",
      "Choose one of the options.",
    ],
    [
      "a number of choices",
      { type: "multiselect", dataProvider: "p", validation: { maxLength: 1 } },
      ["a", "b"],
      "At most 1 options.",
    ],
    ["a required file", { type: "file", required: true }, "", "This field is required."],
    ["text that is only shown", { type: "markdown", content: "x" }, "", undefined],
  ])("%s", (_name, field, value, expected) => {
    expect(problem(field, value)).toBe(expected);
  });

  it("say what the form's author wrote, where there is a message", () => {
    expect(problem({ validation: { pattern: "^[A-Z]", message: "Start with a capital." } }, "ada")).toBe(
      "Start with a capital.",
    );
    expect(problem({ validation: { pattern: "^[A-Z]" } }, "ada")).toBe(
      "This does not have the form that is asked for.",
    );
  });

  it("check only the fields that are asked for", () => {
    const { fields } = toFormDefinition(
      makeForm([makeField({ name: "a", required: true }), makeField({ name: "b", required: true })]),
    );
    const validator = new FormValidator(fields, noPatterns);
    expect(Object.keys(validator.errors(fields.slice(1), { a: "", b: "" }))).toEqual(["b"]);
  });
});

describe("a pattern", () => {
  it("is searched anywhere in the text", () => {
    expect(patterns("b+", "abc")).toBe(true);
    expect(patterns("^b+", "abc")).toBe(false);
  });

  it("that makes other engines explode ends at once", () => {
    const started = performance.now();
    expect(patterns("^(a+)+$", `${"a".repeat(200)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("that cannot be read here is left to the server", () => {
    expect(patterns("(?<=a)b", "zzz")).toBe(true);
  });
});
