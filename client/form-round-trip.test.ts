import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { Field, FieldType } from "@/api/generated/management-api/types.gen";
import { isSameForm, toDraft, toWrite } from "@/features/forms/builder/model/convert";
import type { DraftField, FormDraft } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";
import { applyEdit } from "@/features/forms/builder/model/edits";
import { paletteTypes } from "@/features/forms/builder/model/field-types";

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  type?: string;
  enum?: string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
}

const { components } = JSON.parse(
  readFileSync(new URL("../docs/api/management-api.json", import.meta.url), "utf8"),
) as { components: { schemas: Record<string, Schema> } };

function named(name: string): Schema {
  const schema = components.schemas[name];
  if (schema === undefined) {
    throw new Error(`The API has no schema ${name} any more.`);
  }
  return schema;
}

/** Every kind of value that a schema allows. */
function samples(schema: Schema): unknown[] {
  if (schema.$ref !== undefined) {
    return samples(named(schema.$ref.split("/").at(-1) ?? ""));
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.flatMap(samples);
  }
  if (schema.enum !== undefined) {
    return schema.enum;
  }
  switch (schema.type) {
    case "string":
      return ["", "first"];
    case "integer":
      return [0, 7];
    case "number":
      return [2.5];
    case "boolean":
      return [true, false];
    case "null":
      return [null];
    case "array":
      return [[], samples(schema.items ?? {})];
    case "object":
      return schema.properties === undefined
        ? [{}, ...samples(schema.additionalProperties ?? {}).map((one) => ({ input: one }))]
        : objects(schema.properties).filter(isMeant);
    default:
      return [null, "first", 2.5, true, ["a", 1], { nested: [null] }];
  }
}

/** What the API's schema leaves open: an input from a field holds the field's name. */
function isMeant(sample: Record<string, unknown>): boolean {
  return sample.mode !== "field" || typeof sample.value === "string";
}

/** One object for each value of each property; the others have their first. */
function objects(properties: Record<string, Schema>): Record<string, unknown>[] {
  const entries = Object.entries(properties);
  const base = Object.fromEntries(entries.map(([name, schema]) => [name, samples(schema).at(-1)]));
  return entries.flatMap(([name, schema]) => samples(schema).map((value) => ({ ...base, [name]: value })));
}

const properties = Object.entries(named("Field").properties ?? {});
const first: Field = { name: "first", type: "text", label: "First" };

function form(field: Field) {
  return { name: "Form", linkedWorkflow: "workflow", formSchema: { fields: [first, field], sections: null } };
}

function fieldOf(draft: FormDraft, position: number): DraftField {
  const field = draft.fields[position];
  if (field === undefined) {
    throw new Error("no such field");
  }
  return field;
}

/** Saves and loads again, over JSON as in life. */
function reloaded(draft: FormDraft): FormDraft {
  return toDraft(JSON.parse(JSON.stringify(toWrite(draft))) as ReturnType<typeof toWrite>);
}

it("knows every type of the API", () => {
  expect(new Set(paletteTypes)).toEqual(new Set(named("FieldType").enum));
});

it("keeps every property that the API has", () => {
  const written = toWrite(toDraft(form({ name: "a", type: "text" }))).formSchema.fields?.[1];
  expect(Object.keys(written ?? {}).sort()).toEqual(properties.map(([name]) => name).sort());
});

describe.each(paletteTypes)("a %s field", (type: FieldType) => {
  it.each(properties.filter(([name]) => name !== "type" && name !== "name"))(
    "is the same after saving and loading, whatever its %s",
    (name, schema) => {
      for (const value of samples(schema)) {
        const field = { name: "second", type, label: "Second", [name]: value };
        const loaded = toDraft(form(field));
        expect(toWrite(loaded).formSchema.fields?.[1]).toMatchObject(JSON.parse(JSON.stringify({ [name]: value })));
        expect(reloaded(loaded)).toEqual(loaded);
      }
    },
  );

  it.each(properties.filter(([name]) => !["type", "section"].includes(name)))(
    "can have its %s set, and is the same after saving and loading",
    (name, schema) => {
      for (const value of samples(schema)) {
        const wanted = fieldOf(toDraft(form({ name: "second", type, label: "Second", [name]: value })), 1);
        const change: FieldChange = { [name]: wanted[name as keyof FieldChange] };
        const draft = toDraft(form({ name: "second", type }));
        const edited = applyEdit(draft, { type: "changeField", key: "f2", change });
        if ("refusal" in edited) {
          // Only references to what is not there, or not before, cannot be made.
          expect(JSON.stringify(change)).toContain("missing:");
          continue;
        }
        expect(fieldOf(edited.draft, 1)[name as keyof FieldChange]).toEqual(wanted[name as keyof FieldChange]);
        expect(reloaded(edited.draft)).toEqual(edited.draft);
      }
    },
  );
});

const heads = Object.entries(named("FormWrite").properties ?? {}).filter(([name]) => name !== "formSchema");

it.each(heads)("a form is the same after saving and loading, whatever its %s", (name, schema) => {
  for (const value of samples(schema)) {
    const loaded = toDraft({ ...form(first), [name]: value });
    expect(toWrite(loaded)).toMatchObject({ [name]: value });
    expect(reloaded(loaded)).toEqual(loaded);
    const edited = applyEdit(toDraft(form(first)), { type: "changeForm", change: { [name]: value } });
    expect("draft" in edited && toWrite(edited.draft)).toMatchObject({ [name]: value });
  }
});

it("sends every property of a form that the API has", () => {
  const written = Object.keys(toWrite(toDraft(form(first))));
  expect(written.sort()).toEqual(Object.keys(named("FormWrite").properties ?? {}).sort());
});

it("keeps sections and the head of a form", () => {
  for (const sections of [null, [], [{ name: "a", title: "", description: null }]]) {
    const loaded = toDraft({
      name: "Form",
      description: "What it does",
      linkedWorkflow: "workflow",
      isGlobal: true,
      isActive: false,
      formSchema: { fields: [{ ...first, section: "a" }], sections },
    });
    expect(reloaded(loaded)).toEqual(loaded);
    expect(toWrite(loaded)).toMatchObject({ description: "What it does", isGlobal: true, isActive: false });
    expect(toWrite(loaded).formSchema.sections).toEqual(sections);
  }
});

it("keeps the name of a field that a definition refers to and does not have", () => {
  const draft = toDraft(form({ name: "a", type: "text", visibleWhen: { field: "gone" } }));
  expect(toWrite(draft).formSchema.fields?.[1]?.visibleWhen?.field).toBe("gone");
});

it("tells a changed form from one that only looks changed", () => {
  const draft = toDraft(form({ name: "a", type: "text" }));
  expect(isSameForm(draft, reloaded(draft))).toBe(true);
  expect(isSameForm(draft, { ...draft, isActive: false })).toBe(false);
});
