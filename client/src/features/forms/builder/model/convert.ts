import type { Field, FieldValidation, FormSchema, FormWrite, ProviderInput } from "@/api/generated/management-api/types.gen";
import type { DraftField, DraftInput, DraftRules, FormDraft } from "@/features/forms/builder/model/draft";

/** What the API has of a form, saved or generated. */
export interface FormSource {
  name: string;
  description?: string | null;
  linkedWorkflow: string;
  formSchema: FormSchema;
  isGlobal?: boolean;
  isActive?: boolean;
  runInBackground?: boolean;
}

const lost = "missing:";

function toRules(rules: FieldValidation): DraftRules {
  const { pattern = null, min = null, max = null, minLength = null, maxLength = null, message = null } = rules;
  return { pattern, min, max, minLength, maxLength, message };
}

function toInputs(field: Field, keyOf: (name: string) => string): Record<string, DraftInput> | null {
  if (!field.dataProviderInputs) {
    return null;
  }
  return Object.fromEntries(
    Object.entries(field.dataProviderInputs).map(([name, { mode, value = null }]): [string, DraftInput] => [
      name,
      mode === "field" ? { mode, source: keyOf(String(value)) } : { mode, value },
    ]),
  );
}

function toDraftField(field: Field, key: string, keyOf: (name: string) => string): DraftField {
  const condition = field.visibleWhen ?? null;
  return {
    key,
    name: field.name,
    label: field.label ?? "",
    type: field.type,
    required: field.required ?? false,
    validation: field.validation ? toRules(field.validation) : null,
    options: field.options ?? null,
    dataProvider: field.dataProvider ?? null,
    dataProviderInputs: toInputs(field, keyOf),
    defaultValue: field.defaultValue ?? null,
    placeholder: field.placeholder ?? null,
    helpText: field.helpText ?? null,
    visibleWhen: condition && {
      source: keyOf(condition.field),
      operator: condition.operator ?? "equals",
      value: condition.value ?? null,
    },
    section: field.section ?? null,
    content: field.content ?? null,
    accept: field.accept ?? null,
    maxSizeBytes: field.maxSizeBytes ?? null,
  };
}

/** The API's form as a draft; nothing of it is lost, whatever it holds. */
export function toDraft(form: FormSource): FormDraft {
  const fields = form.formSchema.fields ?? [];
  // A reference to a field that is not there keeps its name, so that it can be shown and mended.
  const keyOf = (name: string) => {
    const position = fields.findIndex((field) => field.name === name);
    return position < 0 ? `${lost}${name}` : `f${position + 1}`;
  };
  return {
    name: form.name,
    description: form.description ?? null,
    linkedWorkflow: form.linkedWorkflow,
    isGlobal: form.isGlobal ?? false,
    isActive: form.isActive ?? true,
    runInBackground: form.runInBackground ?? false,
    fields: fields.map((field, position) => toDraftField(field, `f${position + 1}`, keyOf)),
    sections:
      form.formSchema.sections?.map(({ name, title = "", description = null }) => ({ name, title, description })) ??
      null,
  };
}

/** The name of the field that a key stands for. */
export function nameOf(fields: readonly DraftField[], key: string): string {
  return fields.find((field) => field.key === key)?.name ?? key.replace(lost, "");
}

function toApiInputs(inputs: Record<string, DraftInput>, all: readonly DraftField[]): Record<string, ProviderInput> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]): [string, ProviderInput] => [
      name,
      input.mode === "field" ? { mode: input.mode, value: nameOf(all, input.source) } : input,
    ]),
  );
}

/** A field as the API has it; `all` are the fields it may refer to. */
export function toApiField(field: DraftField, all: readonly DraftField[]): Required<Field> {
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    required: field.required,
    validation: field.validation,
    options: field.options,
    dataProvider: field.dataProvider,
    dataProviderInputs: field.dataProviderInputs && toApiInputs(field.dataProviderInputs, all),
    defaultValue: field.defaultValue,
    placeholder: field.placeholder,
    helpText: field.helpText,
    visibleWhen: field.visibleWhen && {
      field: nameOf(all, field.visibleWhen.source),
      operator: field.visibleWhen.operator,
      value: field.visibleWhen.value,
    },
    section: field.section,
    content: field.content,
    accept: field.accept,
    maxSizeBytes: field.maxSizeBytes,
  };
}

/** What is sent to save a draft. */
export function toWrite(draft: FormDraft): FormWrite & Required<Pick<FormWrite, "description">> {
  const { fields, sections, ...head } = draft;
  return { ...head, formSchema: { fields: fields.map((field) => toApiField(field, fields)), sections } };
}

/** Whether saving one would change nothing about the other. */
export function isSameForm(one: FormDraft, other: FormDraft): boolean {
  return one === other || JSON.stringify(toWrite(one)) === JSON.stringify(toWrite(other));
}
