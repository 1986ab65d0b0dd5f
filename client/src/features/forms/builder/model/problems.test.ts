import { describe, expect, it } from "vitest";

import type { Field } from "@/api/generated/management-api/types.gen";
import type { Catalog } from "@/api/generated/workflow-engine/types.gen";
import { toDraft } from "@/features/forms/builder/model/convert";
import { differences } from "@/features/forms/builder/model/difference";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import { findProblems, KnownNames } from "@/features/forms/builder/model/problems";
import { readServerErrors, withServerErrors } from "@/features/forms/builder/model/server-errors";

const catalog: Catalog = {
  workflows: [
    { name: "onboard", parameters: [{ name: "email", label: "E-mail", type: "email", required: true }] },
    { name: "hidden", exposeInForms: false },
  ],
  dataProviders: [{ name: "cities", parameters: [{ name: "country", label: "Land", type: "string", required: true }] }],
};

function draftOf(fields: Field[], change: Partial<FormDraft> = {}): FormDraft {
  return { ...toDraft({ name: "Form", linkedWorkflow: "onboard", formSchema: { fields } }), ...change };
}

const email: Field = { name: "email", type: "email", label: "E-mail" };

function problemsOf(field: Field) {
  return findProblems(draftOf([email, field]), new KnownNames(catalog)).f2;
}

it("finds nothing wrong with a form that can be saved", () => {
  expect(findProblems(draftOf([email]), new KnownNames(catalog))).toEqual({});
});

describe("a field", () => {
  const text: Field = { name: "a", type: "text", label: "A" };
  const choice: Field = { ...text, type: "select", options: [{ label: "One", value: 1 }] };

  it.each<[string, Field, string]>([
    ["an unusable name", { ...text, name: "1st" }, "name"],
    ["another field's name", { ...text, name: "email" }, "name"],
    ["no label", { ...text, label: " " }, "label"],
    ["no options", { ...choice, options: [] }, "options"],
    ["two options of one value", { ...choice, options: [...(choice.options ?? []), { label: "B", value: 1 }] }, "options[0].value options[1].value"],
    ["an option without a label", { ...choice, options: [{ label: "", value: 1 }] }, "options[0].label"],
    ["an unknown provider", { ...choice, options: null, dataProvider: "towns" }, "dataProvider"],
    ["an input missing", { ...choice, options: null, dataProvider: "cities" }, "dataProviderInputs.country"],
    [
      "an input too many",
      { ...choice, options: null, dataProvider: "cities", dataProviderInputs: { county: { mode: "static", value: 1 } } },
      "dataProviderInputs.county dataProviderInputs.country",
    ],
    ["bounds the wrong way round", { ...text, type: "number", validation: { min: 2, max: 1 } }, "validation.min"],
    ["dates the wrong way round", { ...text, type: "date", validation: { min: "2026-02-01", max: "2026-01-01" } }, "validation.min"],
    ["lengths the wrong way round", { ...text, validation: { minLength: 2, maxLength: 1 } }, "validation.minLength"],
    ["a default that is no option", { ...choice, defaultValue: 2 }, "defaultValue"],
    ["a default that is too long", { ...text, defaultValue: "long", validation: { maxLength: 3 } }, "defaultValue"],
    ["a kind of file in capitals", { ...text, type: "file", accept: [".CSV"] }, "accept"],
    ["no text to read", { ...text, type: "markdown", content: " " }, "content"],
    ["a dependency on nothing", { ...text, visibleWhen: { field: "gone" } }, "visibleWhen.field"],
  ])("is wrong for %s", (_what, field, property) => {
    expect(Object.keys(problemsOf(field) ?? {}).join(" ")).toBe(property);
  });
});

it.each([
  [draftOf([]), "fields"],
  [draftOf([email], { name: "" }), "name"],
  [draftOf([email], { linkedWorkflow: "" }), "linkedWorkflow"],
  [draftOf([email], { linkedWorkflow: "nothing" }), "linkedWorkflow"],
  [draftOf([email], { linkedWorkflow: "hidden" }), "linkedWorkflow"],
])("finds what is wrong with the form itself (%#)", (draft, property) => {
  expect(Object.keys(findProblems(draft, new KnownNames(catalog)).form ?? {})).toEqual([property]);
});

describe("what the server says", () => {
  const draft = draftOf([email, { name: "a", type: "text", label: "A" }]);

  it.each([
    ["formSchema.fields[1].validation.pattern", "f2", "validation.pattern"],
    ["formSchema.fields.1.options", "f2", "options"],
    ["formSchema.fields", "form", "fields"],
    ["linkedWorkflow", "form", "linkedWorkflow"],
    ["formSchema.fields[9].name", "form", "fields[9].name"],
  ])("about %s is shown there", (place, owner, property) => {
    const errors = readServerErrors(draft, { [place]: "Wrong." });
    expect(withServerErrors({}, errors, draft)).toEqual({ [owner]: { [property]: "Wrong." } });
  });

  it("no longer counts once what it is about was changed", () => {
    const errors = readServerErrors(draft, { "formSchema.fields[1].name": "Wrong.", name: "Taken." });
    const [first, second] = draft.fields;
    const changed = { ...draft, fields: [first, { ...second, name: "b" }] } as FormDraft;
    expect(withServerErrors({}, errors, changed)).toEqual({ form: { name: "Taken." } });
    expect(withServerErrors({}, errors, { ...draft, name: "Other" })).toEqual({ f2: { name: "Wrong." } });
  });
});

it("tells two versions apart by what they are called, hold, and in which order", () => {
  const theirs = draftOf([email, { name: "a", type: "text", label: "A" }, { name: "b", type: "text", label: "B" }]);
  const mine = draftOf(
    [
      { name: "a", type: "number", label: "A", required: true },
      email,
      { name: "c", type: "text", label: "C" },
    ],
    { name: "Mine" },
  );
  expect(differences(theirs, theirs)).toEqual([]);
  expect(differences(theirs, mine)).toEqual([
    { label: "Name", theirs: "Form", yours: "Mine" },
    { label: "A: type", theirs: "text", yours: "number" },
    { label: "A: required", theirs: "no", yours: "yes" },
    { label: "Field B", theirs: "there", yours: "not there" },
    { label: "Field C", theirs: "not there", yours: "there" },
    { label: "Order of the fields", theirs: "email, a", yours: "a, email" },
  ]);
});
