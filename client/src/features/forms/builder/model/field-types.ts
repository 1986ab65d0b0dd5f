import type { FieldType } from "@/api/generated/management-api/types.gen";
import type { DraftField, DraftRules } from "@/features/forms/builder/model/draft";
import { freshKey, noRules } from "@/features/forms/builder/model/draft";

interface TypeFacts {
  label: string;
  /** Which rules a field of this type can have. */
  rules: readonly (keyof DraftRules)[];
  hasPlaceholder: boolean;
}

const text: readonly (keyof DraftRules)[] = ["minLength", "maxLength", "pattern", "message"];
const range: readonly (keyof DraftRules)[] = ["min", "max", "message"];

/** The types in the order of the palette. */
export const fieldTypes: Record<FieldType, TypeFacts> = {
  text: { label: "Text", rules: text, hasPlaceholder: true },
  textarea: { label: "Long text", rules: text, hasPlaceholder: true },
  email: { label: "E-mail", rules: text, hasPlaceholder: true },
  number: { label: "Number", rules: range, hasPlaceholder: true },
  select: { label: "Choice list", rules: [], hasPlaceholder: true },
  multiselect: { label: "Several choices", rules: ["minLength", "maxLength", "message"], hasPlaceholder: true },
  radio: { label: "Radio buttons", rules: [], hasPlaceholder: false },
  checkbox: { label: "Checkbox", rules: ["message"], hasPlaceholder: false },
  date: { label: "Date", rules: range, hasPlaceholder: false },
  datetime: { label: "Date and time", rules: range, hasPlaceholder: false },
  file: { label: "File", rules: [], hasPlaceholder: false },
  markdown: { label: "Text to read", rules: [], hasPlaceholder: false },
};

export const paletteTypes = Object.keys(fieldTypes) as FieldType[];

export function isChoice(type: FieldType): boolean {
  return type === "select" || type === "multiselect" || type === "radio";
}

export function hasValue(type: FieldType): boolean {
  return type !== "markdown";
}

const families: readonly (readonly FieldType[])[] = [
  ["text", "textarea", "email"],
  ["select", "radio"],
];

/** Whether a default of one type fits the other. */
function isKin(one: FieldType, other: FieldType): boolean {
  return one === other || families.some((family) => family.includes(one) && family.includes(other));
}

const firstOptions = [
  { label: "Option 1", value: "option_1" },
  { label: "Option 2", value: "option_2" },
];

function freshName(fields: readonly DraftField[], base: string): string {
  const used = new Set(fields.map(({ name }) => name));
  let name = base;
  for (let number = 2; used.has(name); number += 1) {
    name = `${base}_${number}`;
  }
  return name;
}

/** A new field that could be saved as it is. */
export function freshField(type: FieldType, fields: readonly DraftField[]): DraftField {
  return {
    key: freshKey(fields),
    name: freshName(fields, type === "markdown" ? "note" : type),
    label: hasValue(type) ? fieldTypes[type].label : "",
    type,
    required: false,
    validation: null,
    options: isChoice(type) ? firstOptions : null,
    dataProvider: null,
    dataProviderInputs: null,
    defaultValue: null,
    placeholder: null,
    helpText: null,
    visibleWhen: null,
    section: null,
    content: hasValue(type) ? null : "Text that is shown above the next field.",
    accept: null,
    maxSizeBytes: null,
  };
}

/** The same field once more, with a name of its own. */
export function copyOf(field: DraftField, fields: readonly DraftField[]): DraftField {
  return {
    ...field,
    key: freshKey(fields),
    name: freshName(fields, `${field.name.replace(/_\d+$/, "")}_2`),
    label: field.label && `${field.label} (copy)`,
  };
}

/** Rules cut down to some; none left is no rules. */
export function onlyRules(rules: DraftRules | null, kept: readonly (keyof DraftRules)[]): DraftRules | null {
  const entries = kept.flatMap((name) => ((rules?.[name] ?? null) === null ? [] : [[name, rules?.[name]] as const]));
  return entries.length === 0 ? null : { ...noRules, ...Object.fromEntries(entries) };
}

/** A field turned into another type: what both types have stays, what the new one cannot have goes. */
export function asType(field: DraftField, type: FieldType): DraftField {
  const isSameRange = field.type === type;
  const kept = fieldTypes[type].rules.filter((name) => (name !== "min" && name !== "max") || isSameRange);
  const blank = freshField(type, []);
  return {
    ...field,
    type,
    label: field.label || blank.label,
    required: hasValue(type) && field.required,
    validation: onlyRules(field.validation, kept),
    options: isChoice(type) ? (field.options ?? (field.dataProvider === null ? blank.options : null)) : null,
    dataProvider: isChoice(type) ? field.dataProvider : null,
    dataProviderInputs: isChoice(type) ? field.dataProviderInputs : null,
    defaultValue: isKin(field.type, type) ? field.defaultValue : null,
    placeholder: fieldTypes[type].hasPlaceholder ? field.placeholder : null,
    content: hasValue(type) ? null : (field.content ?? field.helpText ?? blank.content),
    accept: type === "file" ? field.accept : null,
    maxSizeBytes: type === "file" ? field.maxSizeBytes : null,
  };
}
