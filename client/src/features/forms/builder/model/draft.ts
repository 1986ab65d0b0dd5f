import type {
  FieldOption,
  FieldType,
  FieldValidation,
  Operator,
  Section,
} from "@/api/generated/management-api/types.gen";

export type DraftOption = FieldOption;
export type DraftSection = Required<Section>;
export type DraftRules = Required<FieldValidation>;

/** Where an input of a data provider comes from; `source` is the key of an earlier field. */
export type DraftInput = { mode: "static"; value: unknown } | { mode: "field"; source: string };

/** Shows a field only while an earlier one is so; `source` is that field's key. */
export interface DraftCondition {
  source: string;
  operator: Operator;
  value: unknown;
}

/**
 * A field while it is built: every property the API has, none left out.
 *
 * Fields refer to each other by key, so that a name can be typed, even doubly for a moment, without any
 * reference going astray.
 */
export interface DraftField {
  key: string;
  name: string;
  label: string;
  type: FieldType;
  required: boolean;
  validation: DraftRules | null;
  options: DraftOption[] | null;
  dataProvider: string | null;
  dataProviderInputs: Record<string, DraftInput> | null;
  defaultValue: unknown;
  placeholder: string | null;
  helpText: string | null;
  visibleWhen: DraftCondition | null;
  section: string | null;
  content: string | null;
  accept: string[] | null;
  maxSizeBytes: number | null;
}

export interface FormDraft {
  name: string;
  description: string | null;
  linkedWorkflow: string;
  isGlobal: boolean;
  isActive: boolean;
  runInBackground: boolean;
  fields: DraftField[];
  /** Without a list, the names that the fields give are the headings. */
  sections: DraftSection[] | null;
}

export const emptyDraft: FormDraft = {
  name: "",
  description: null,
  linkedWorkflow: "",
  isGlobal: false,
  isActive: true,
  runInBackground: false,
  fields: [],
  sections: null,
};

export const noRules: DraftRules = {
  pattern: null,
  min: null,
  max: null,
  minLength: null,
  maxLength: null,
  message: null,
};

/** A key that no field of these has. */
export function freshKey(fields: readonly DraftField[]): string {
  const used = fields.map(({ key }) => Number.parseInt(key.slice(1), 10));
  return `f${Math.max(0, ...used) + 1}`;
}

export function findField(draft: FormDraft, key: string): DraftField | undefined {
  return draft.fields.find((field) => field.key === key);
}

/** What a field is called on the page: its label, or its name while it has none. */
export function called(field: Pick<DraftField, "label" | "name">): string {
  return field.label.trim() || field.name || "Unnamed field";
}

export function sectionTitle(section: DraftSection): string {
  return section.title.trim() || section.name;
}
