import type { FieldType, FieldValidation, Operator } from "@/api/generated/management-api/types.gen";

/** A value to choose, with the words for it. */
export interface FieldOption {
  label: string;
  value: unknown;
}

/** Where an input of a data provider comes from. */
export interface ProviderInput {
  mode: "static" | "field";
  /** The value itself, or the name of the field that has it. */
  value: unknown;
}

/** Shows a field only while an earlier one is so. */
export interface VisibilityRule {
  field: string;
  operator: Operator;
  value?: unknown;
}

/** The field model that forms are rendered from; `from-api.ts` makes it of what the API answers. */
export interface Field {
  name: string;
  label: string;
  type: FieldType;
  required: boolean;
  rules: FieldValidation;
  options: FieldOption[] | null;
  dataProvider: string | null;
  dataProviderInputs: Record<string, ProviderInput>;
  defaultValue: unknown;
  placeholder: string | null;
  helpText: string | null;
  visibleWhen: VisibilityRule | null;
  section: string | null;
  content: string | null;
  /** Kinds of files that a file field takes (`.csv`, `text/csv`, `image/*`); null takes any. */
  accept: string[] | null;
  maxSizeBytes: number | null;
}

export interface Section {
  name: string;
  title: string;
  description: string | null;
}

/** What is rendered and filled in, saved or not. */
export interface RunnableForm {
  /** None for one that is not saved. */
  id: string | null;
  name: string;
  description: string | null;
  linkedWorkflow: string;
  /** Whoever sends it may leave at once, whatever the workflow's own mode is. */
  runInBackground: boolean;
  sections: Section[];
  fields: Field[];
}

export interface FormDefinition extends RunnableForm {
  id: string;
  isGlobal: boolean;
  isActive: boolean;
}

/** Fields that hold nothing a person fills in. */
export function isDisplayOnly(field: Field): boolean {
  return field.type === "markdown";
}

export interface FieldGroup {
  section: Section | null;
  fields: Field[];
}

/** Fields in the order of their sections; those without one come first. */
export function groupBySection(form: Pick<FormDefinition, "sections" | "fields">): FieldGroup[] {
  const known = new Set(form.sections.map((section) => section.name));
  const loose = form.fields.filter((field) => field.section === null || !known.has(field.section));
  const groups: FieldGroup[] = [{ section: null, fields: loose }];
  for (const section of form.sections) {
    groups.push({ section, fields: form.fields.filter((field) => field.section === section.name) });
  }
  return groups.filter((group) => group.fields.length > 0);
}
