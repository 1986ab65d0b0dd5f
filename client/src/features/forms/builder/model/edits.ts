import type { FieldType } from "@/api/generated/management-api/types.gen";
import { nameOf } from "@/features/forms/builder/model/convert";
import type { DraftField, DraftSection, FormDraft } from "@/features/forms/builder/model/draft";
import { called, findField, freshKey, sectionTitle } from "@/features/forms/builder/model/draft";
import { asType, copyOf, freshField, hasValue } from "@/features/forms/builder/model/field-types";
import type { Line } from "@/features/forms/builder/model/lines";
import { fieldsOf, linesOf, sectionAt, sectionId, sectionsOf } from "@/features/forms/builder/model/lines";
import {
  dependentsOf,
  orderRefusal,
  referencesOf,
  sourcesFor,
  withoutReferences,
  withReference,
} from "@/features/forms/builder/model/references";

export const mostFields = 50;

export type FormHead = Pick<
  FormDraft,
  "name" | "description" | "linkedWorkflow" | "isGlobal" | "isActive" | "runInBackground"
>;
/** What a field's properties can be set to; type and section have edits of their own. */
export type FieldChange = Partial<Omit<DraftField, "key" | "type" | "section">>;

/** Everything that can be done to a draft. Positions are those of `linesOf`. */
export type Edit =
  | { type: "changeForm"; change: Partial<FormHead> }
  | { type: "addField"; fieldType: FieldType; at: number }
  | { type: "copyField"; key: string }
  /** The fields of another draft that this one has none of that name for, at the end. */
  | { type: "addMissing"; from: FormDraft }
  | { type: "changeField"; key: string; change: FieldChange }
  | { type: "changeType"; key: string; fieldType: FieldType }
  | { type: "moveField"; key: string; to: number }
  | { type: "moveToSection"; key: string; section: string | null }
  | { type: "removeField"; key: string }
  | { type: "addSection"; title: string }
  | { type: "changeSection"; name: string; change: Partial<Omit<DraftSection, "name">> }
  | { type: "moveSection"; name: string; by: -1 | 1 }
  | { type: "removeSection"; name: string }
  | { type: "replace"; draft: FormDraft };

/** The draft after an edit, or why it cannot be done. */
export type Edited = { draft: FormDraft } | { refusal: string };

function placed(field: DraftField): Line {
  return { id: field.key, kind: "field", field };
}

/** A draft whose fields come in the order of these lines, unless one would come before what it depends on. */
function inOrder(draft: FormDraft, lines: readonly Line[], sections = draft.sections): Edited {
  const fields = fieldsOf(lines);
  const refusal = orderRefusal(fields);
  return refusal === null ? { draft: { ...draft, fields, sections } } : { refusal };
}

function insert(draft: FormDraft, field: DraftField, at: number): Edited {
  if (draft.fields.length >= mostFields) {
    return { refusal: `A form has at most ${mostFields} fields.` };
  }
  const lines = linesOf(draft);
  lines.splice(at, 0, placed({ ...field, section: sectionAt(lines, at) }));
  return inOrder(draft, lines);
}

/** The same references by what this draft has of those names; those that lead nowhere go. */
function adopted(field: DraftField, from: FormDraft, into: FormDraft): DraftField {
  const key = freshKey(into.fields);
  return Object.values(referencesOf(field)).reduce(
    (one, source) => {
      const name = nameOf(from.fields, source);
      const found = into.fields.find((other) => other.name === name && hasValue(other.type));
      return found === undefined ? withoutReferences(one, source) : withReference(one, source, found.key);
    },
    { ...field, key },
  );
}

function addMissing(draft: FormDraft, from: FormDraft): Edited {
  const missing = from.fields.filter(({ name }) => !draft.fields.some((field) => field.name === name));
  return missing.reduce<Edited>(
    (edited, field) =>
      "refusal" in edited
        ? edited
        : insert(edited.draft, adopted(field, from, edited.draft), linesOf(edited.draft).length),
    { draft },
  );
}

function move(draft: FormDraft, key: string, to: number): Edited {
  const lines = linesOf(draft);
  const from = lines.findIndex((line) => line.id === key);
  const [line] = lines.splice(from, 1);
  if (line?.kind !== "field" || to < 0 || to > lines.length) {
    return { draft };
  }
  lines.splice(to, 0, placed({ ...line.field, section: sectionAt(lines, to) }));
  return inOrder(draft, lines);
}

function moveToSection(draft: FormDraft, key: string, section: string | null): Edited {
  const lines = linesOf(draft).filter((line) => line.id !== key);
  const start = section === null ? -1 : lines.findIndex((line) => line.id === sectionId(section));
  const next = lines.findIndex((line, position) => position > start && line.kind === "section");
  return move(draft, key, next < 0 ? lines.length : next);
}

function withField(draft: FormDraft, key: string, change: (field: DraftField) => DraftField): FormDraft {
  return { ...draft, fields: draft.fields.map((field) => (field.key === key ? change(field) : field)) };
}

/** Only earlier fields can be depended on: that makes a circle impossible. */
function changeField(draft: FormDraft, key: string, change: FieldChange): Edited {
  const changed = withField(draft, key, (field) => ({ ...field, ...change }));
  const field = findField(changed, key);
  const before = findField(draft, key);
  if (field === undefined || before === undefined) {
    return { draft };
  }
  const allowed = new Set([...sourcesFor(draft, key).map((one) => one.key), ...Object.values(referencesOf(before))]);
  return Object.values(referencesOf(field)).every((source) => allowed.has(source))
    ? { draft: changed }
    : { refusal: `“${called(field)}” can only depend on fields before it that have a value.` };
}

function changeType(draft: FormDraft, key: string, type: FieldType): Edited {
  const [dependent] = hasValue(type) ? [] : dependentsOf(draft.fields, key);
  return dependent === undefined
    ? { draft: withField(draft, key, (field) => asType(field, type)) }
    : { refusal: `“${called(dependent)}” depends on the value of this field, and a text to read has none.` };
}

function remove(draft: FormDraft, key: string): FormDraft {
  const fields = draft.fields.filter((field) => field.key !== key).map((field) => withoutReferences(field, key));
  return { ...draft, fields };
}

function addSection(draft: FormDraft, title: string): FormDraft {
  const sections = sectionsOf(draft);
  const used = new Set(sections.map(({ name }) => name));
  let name = title;
  for (let number = 2; used.has(name); number += 1) {
    name = `${title} ${number}`;
  }
  return { ...draft, sections: [...sections, { name, title: name, description: null }] };
}

function moveSection(draft: FormDraft, name: string, by: -1 | 1): Edited {
  const sections = [...sectionsOf(draft)];
  const from = sections.findIndex((section) => section.name === name);
  const [moved] = sections.splice(from, 1);
  const to = from + by;
  if (from < 0 || moved === undefined || to < 0 || to > sections.length) {
    return { draft };
  }
  sections.splice(to, 0, moved);
  return inOrder(draft, linesOf({ ...draft, sections }), sections);
}

/** Its fields join the section before it, so that no field changes its place. */
function removeSection(draft: FormDraft, name: string): Edited {
  const sections = sectionsOf(draft);
  const position = sections.findIndex((section) => section.name === name);
  const before = sections[position - 1]?.name ?? null;
  const lines = linesOf(draft).flatMap((line): Line[] => {
    if (line.kind === "section") {
      return [];
    }
    return [line.field.section === name ? placed({ ...line.field, section: before }) : line];
  });
  return inOrder(
    draft,
    lines,
    sections.filter((section) => section.name !== name),
  );
}

export function applyEdit(draft: FormDraft, edit: Edit): Edited {
  switch (edit.type) {
    case "changeForm":
      return { draft: { ...draft, ...edit.change } };
    case "addField":
      return insert(draft, freshField(edit.fieldType, draft.fields), edit.at);
    case "copyField": {
      const field = findField(draft, edit.key);
      const at = linesOf(draft).findIndex((line) => line.id === edit.key) + 1;
      return field === undefined ? { draft } : insert(draft, copyOf(field, draft.fields), at);
    }
    case "addMissing":
      return addMissing(draft, edit.from);
    case "changeField":
      return changeField(draft, edit.key, edit.change);
    case "changeType":
      return changeType(draft, edit.key, edit.fieldType);
    case "moveField":
      return move(draft, edit.key, edit.to);
    case "moveToSection":
      return moveToSection(draft, edit.key, edit.section);
    case "removeField":
      return { draft: remove(draft, edit.key) };
    case "addSection":
      return { draft: addSection(draft, edit.title) };
    case "changeSection":
      return {
        draft: {
          ...draft,
          sections: sectionsOf(draft).map((one) => (one.name === edit.name ? { ...one, ...edit.change } : one)),
        },
      };
    case "moveSection":
      return moveSection(draft, edit.name, edit.by);
    case "removeSection":
      return removeSection(draft, edit.name);
    case "replace":
      return { draft: edit.draft };
  }
}

/** What an edit did, in words: for those who undo it, and for screen readers. */
export function describeEdit(draft: FormDraft, edit: Edit): string {
  const field = "key" in edit ? findField(draft, edit.key) : undefined;
  const section = "name" in edit ? sectionsOf(draft).find(({ name }) => name === edit.name) : undefined;
  const name = field === undefined ? "" : `“${called(field)}”`;
  const title = section === undefined ? "" : `“${sectionTitle(section)}”`;
  switch (edit.type) {
    case "changeForm":
      return "change of the form";
    case "addField":
      return "added field";
    case "copyField":
      return `copy of ${name}`;
    case "addMissing":
      return "added fields";
    case "changeField":
    case "changeType":
      return `change of ${name}`;
    case "moveField":
    case "moveToSection":
      return `move of ${name}`;
    case "removeField":
      return `deletion of ${name}`;
    case "addSection":
      return "added section";
    case "changeSection":
      return `change of section ${title}`;
    case "moveSection":
      return `move of section ${title}`;
    case "removeSection":
      return `deletion of section ${title}`;
    case "replace":
      return "taking of the other version";
  }
}
