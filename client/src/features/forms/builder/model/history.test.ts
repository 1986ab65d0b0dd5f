import { describe, expect, it } from "vitest";

import type { Field } from "@/api/generated/management-api/types.gen";
import { toDraft, toWrite } from "@/features/forms/builder/model/convert";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import { emptyDraft } from "@/features/forms/builder/model/draft";
import type { Edit } from "@/features/forms/builder/model/edits";
import type { BuilderState } from "@/features/forms/builder/model/history";
import { reduce, startState } from "@/features/forms/builder/model/history";
import { linesOf } from "@/features/forms/builder/model/lines";
import { findProblems } from "@/features/forms/builder/model/problems";

function draftOf(fields: Field[], sections: string[] = []): FormDraft {
  return toDraft({
    name: "Form",
    linkedWorkflow: "workflow",
    formSchema: { fields, sections: sections.map((name) => ({ name, title: name })) },
  });
}

function after(draft: FormDraft, ...edits: Edit[]): BuilderState {
  return edits.reduce((state, edit) => reduce(state, { type: "edit", edit }), startState(draft));
}

function shape({ draft }: BuilderState): string {
  return linesOf(draft)
    .map((line) => (line.kind === "field" ? line.field.name : `[${line.section.name}]`))
    .join(" ");
}

const country: Field = { name: "country", type: "text", label: "Country" };
const city: Field = {
  name: "city",
  type: "select",
  label: "City",
  dataProvider: "cities",
  dataProviderInputs: { country: { mode: "field", value: "country" } },
  visibleWhen: { field: "country", operator: "isNotEmpty" },
};

describe("fields that depend on others", () => {
  it("follow a new name, also one that another field has for a moment", () => {
    const state = after(
      draftOf([country, { name: "land", type: "text", label: "Land" }, city]),
      { type: "changeField", key: "f1", change: { name: "land" } },
      { type: "changeField", key: "f1", change: { name: "land_of_birth" } },
    );
    const [, other, dependent] = toWrite(state.draft).formSchema.fields ?? [];
    expect(other?.name).toBe("land");
    expect(dependent?.visibleWhen?.field).toBe("land_of_birth");
    expect(dependent?.dataProviderInputs).toEqual({ country: { mode: "field", value: "land_of_birth" } });
  });

  it("cannot move before what they depend on, and it says why", () => {
    const state = after(draftOf([country, city]), { type: "moveField", key: "f2", to: 0 });
    expect(shape(state)).toBe("country city");
    expect(state.refusal).toBe("“City” depends on “Country”, so it has to come after it.");
    expect(state.past).toEqual([]);
  });

  it("cannot be overtaken by what they depend on", () => {
    expect(after(draftOf([country, city]), { type: "moveField", key: "f1", to: 1 }).refusal).toContain("“City”");
  });

  it("cannot end up before it by moving a section", () => {
    const draft = draftOf([{ ...country, section: "a" }, { ...city, section: "b" }], ["a", "b"]);
    const state = after(draft, { type: "moveSection", name: "b", by: -1 });
    expect(shape(state)).toBe("[a] country [b] city");
    expect(state.refusal).toContain("“City” depends on “Country”");
  });

  it("lose the dependency when what they depend on is deleted", () => {
    const [left] = after(draftOf([country, city]), { type: "removeField", key: "f1" }).draft.fields;
    expect(left).toMatchObject({ name: "city", visibleWhen: null, dataProviderInputs: {} });
  });

  it("keep what they depend on from becoming a text that has no value", () => {
    const state = after(draftOf([country, city]), { type: "changeType", key: "f1", fieldType: "markdown" });
    expect(state.draft.fields[0]?.type).toBe("text");
    expect(state.refusal).toContain("“City” depends on the value of this field");
  });

  it.each(["f2", "f3", "missing:nobody"])("cannot depend on itself, a later field, or none (%s)", (source) => {
    const state = after(draftOf([country, { name: "b", type: "text" }, { name: "c", type: "text" }]), {
      type: "changeField",
      key: "f2",
      change: { visibleWhen: { source, operator: "isEmpty", value: null } },
    });
    expect(state.draft.fields[1]?.visibleWhen).toBeNull();
    expect(state.refusal).toContain("can only depend on fields before it");
  });
});

describe("moving", () => {
  const draft = draftOf(
    [
      { name: "a", type: "text" },
      { name: "b", type: "text", section: "one" },
      { name: "c", type: "text", section: "two" },
    ],
    ["one", "two"],
  );

  it.each([
    ["f2", 1, "a b [one] [two] c"],
    ["f1", 1, "[one] a b [two] c"],
    ["f3", 3, "a [one] b c [two]"],
    ["f1", 4, "[one] b [two] c a"],
    ["f1", 99, "a [one] b [two] c"],
  ])("%s to line %i", (key, to, expected) => {
    const state = after(draft, { type: "moveField", key, to });
    expect(shape(state)).toBe(expected);
    expect(state.draft.fields.map(({ name }) => name).join(" ")).toBe(
      expected.replaceAll(/\[\w+\] ?/g, "").trim(),
    );
  });

  it("puts a field at the end of another section, and back among those without one", () => {
    expect(shape(after(draft, { type: "moveToSection", key: "f1", section: "one" }))).toBe("[one] b a [two] c");
    expect(shape(after(draft, { type: "moveToSection", key: "f3", section: null }))).toBe("a c [one] b [two]");
    expect(shape(after(draft, { type: "moveToSection", key: "f2", section: "two" }))).toBe("a [one] [two] c b");
  });

  it("swaps sections with their fields, and stops at the ends", () => {
    expect(shape(after(draft, { type: "moveSection", name: "two", by: -1 }))).toBe("a [two] c [one] b");
    expect(shape(after(draft, { type: "moveSection", name: "two", by: 1 }))).toBe("a [one] b [two] c");
  });

  it("leaves the fields of a deleted section where they are", () => {
    expect(shape(after(draft, { type: "removeSection", name: "two" }))).toBe("a [one] b c");
    expect(shape(after(draft, { type: "removeSection", name: "one" }))).toBe("a b [two] c");
  });

  it("makes a list of the sections that fields only name", () => {
    const named = toDraft({ name: "F", linkedWorkflow: "w", formSchema: { fields: [{ ...country, section: "x" }] } });
    const { sections } = after(named, { type: "changeSection", name: "x", change: { title: "Where" } }).draft;
    expect(sections).toEqual([{ name: "x", title: "Where", description: null }]);
  });
});

describe("undo and redo", () => {
  const typed: Edit[] = ["N", "Ne", "New"].map((name) => ({ type: "changeForm", change: { name } }));

  it("take what was typed in one go as one step, and go back through all to the start", () => {
    let state = after(emptyDraft, ...typed, { type: "addField", fieldType: "text", at: 0 });
    expect(state.past).toHaveLength(2);
    const end = state.draft;
    state = reduce(reduce(state, { type: "undo" }), { type: "undo" });
    expect(state.draft).toBe(emptyDraft);
    expect(reduce(state, { type: "undo" })).toBe(state);
    state = reduce(reduce(state, { type: "redo" }), { type: "redo" });
    expect(state.draft).toBe(end);
    expect(reduce(state, { type: "redo" })).toBe(state);
  });

  it("take it as another step after the field was left", () => {
    const settled = reduce(after(emptyDraft, ...typed), { type: "settle" });
    expect(settled.past).toHaveLength(1);
    const more: Edit = { type: "changeForm", change: { name: "Newer" } };
    expect(reduce(settled, { type: "edit", edit: more }).past).toHaveLength(2);
  });

  it("bring back what a change of type took away", () => {
    const state = after(draftOf([country, city]), { type: "changeType", key: "f2", fieldType: "text" });
    expect(state.draft.fields[1]).toMatchObject({ dataProvider: null, dataProviderInputs: null });
    expect(reduce(state, { type: "undo" }).draft.fields[1]).toMatchObject({ dataProvider: "cities" });
  });

  it("forget what was undone once something else is done", () => {
    const undone = reduce(after(emptyDraft, ...typed), { type: "undo" });
    expect(after(undone.draft, { type: "addSection", title: "A" }).future).toEqual([]);
  });
});

it("adds fields of every type that could be saved as they are", () => {
  const types = ["text", "email", "number", "select", "multiselect", "radio"] as const;
  const others = ["checkbox", "textarea", "date", "datetime", "file", "markdown"] as const;
  const { draft } = after(
    draftOf([]),
    ...[...types, ...others, ...types].map((fieldType, at): Edit => ({ type: "addField", fieldType, at })),
  );
  expect(new Set(draft.fields.map(({ name }) => name)).size).toBe(18);
  expect(findProblems(draft, null)).toEqual({});
});

it("adds no more fields than a form may have", () => {
  const many = draftOf(Array.from({ length: 50 }, (_, number): Field => ({ name: `f${number}`, type: "text" })));
  expect(after(many, { type: "addField", fieldType: "text", at: 0 }).refusal).toBe("A form has at most 50 fields.");
  expect(after(many, { type: "copyField", key: "f1" }).draft.fields).toHaveLength(50);
});

it("copies a field below itself, with a name and a key of its own", () => {
  const state = after(draftOf([country, city]), { type: "copyField", key: "f2" }, { type: "copyField", key: "f2" });
  expect(shape(state)).toBe("country city city_2_2 city_2");
  expect(new Set(state.draft.fields.map(({ key }) => key)).size).toBe(4);
});
