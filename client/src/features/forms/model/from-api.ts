import type { Field as ApiField, FormDraftRead, FormRead, FormSchema } from "@/api/generated/management-api/types.gen";
import type { Field, FormDefinition, ProviderInput, RunnableForm, Section } from "@/features/forms/model/fields";

function titleOr(title: string | undefined, name: string): string {
  return title === undefined || title === "" ? name : title;
}

/** One field as the renderer has it. */
export function toField(field: ApiField): Field {
  const inputs = Object.entries(field.dataProviderInputs ?? {}).map(
    ([name, { mode, value }]): [string, ProviderInput] => [name, { mode, value }],
  );
  const rule = field.visibleWhen ?? null;
  return {
    name: field.name,
    label: titleOr(field.label, field.name),
    type: field.type,
    required: field.required ?? false,
    rules: field.validation ?? {},
    options: field.options ?? null,
    dataProvider: field.dataProvider ?? null,
    dataProviderInputs: Object.fromEntries(inputs),
    defaultValue: field.defaultValue ?? null,
    placeholder: field.placeholder ?? null,
    helpText: field.helpText ?? null,
    visibleWhen: rule && { field: rule.field, operator: rule.operator ?? "equals", value: rule.value },
    section: field.section ?? null,
    content: field.content ?? null,
    accept: field.accept ?? null,
    maxSizeBytes: field.maxSizeBytes ?? null,
  };
}

/** The sections of a form; without a list of them, the names that its fields give are the headings. */
function toSections(schema: FormSchema): Section[] {
  if (schema.sections) {
    return schema.sections.map(({ name, title, description }) => ({
      name,
      title: titleOr(title, name),
      description: description ?? null,
    }));
  }
  const names = new Set((schema.fields ?? []).flatMap((field) => (field.section ? [field.section] : [])));
  return [...names].map((name) => ({ name, title: name, description: null }));
}

/** A form that is not saved as the renderer's model: nothing left out, nothing undefined. */
export function toRunnableForm(form: FormDraftRead): RunnableForm {
  return {
    id: null,
    name: form.name,
    description: form.description,
    linkedWorkflow: form.linkedWorkflow,
    runInBackground: form.runInBackground,
    sections: toSections(form.formSchema),
    fields: (form.formSchema.fields ?? []).map(toField),
  };
}

type FormContents = Pick<
  FormRead,
  "id" | "name" | "description" | "linkedWorkflow" | "isGlobal" | "isActive" | "runInBackground" | "formSchema"
>;

/** The API's form as the renderer's model. */
export function toFormDefinition(form: FormContents): FormDefinition {
  return { ...toRunnableForm(form), id: form.id, isGlobal: form.isGlobal, isActive: form.isActive };
}
