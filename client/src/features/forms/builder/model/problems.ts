import type { Catalog, DataProviderMetadata, WorkflowMetadata } from "@/api/generated/workflow-engine/types.gen";
import { toApiField } from "@/features/forms/builder/model/convert";
import type { DraftField, FormDraft } from "@/features/forms/builder/model/draft";
import { called } from "@/features/forms/builder/model/draft";
import { hasValue, isChoice } from "@/features/forms/builder/model/field-types";
import { linesOf, sectionId } from "@/features/forms/builder/model/lines";
import { referencesOf } from "@/features/forms/builder/model/references";
import { toField } from "@/features/forms/model/from-api";
import { noPatterns } from "@/features/forms/model/patterns";
import { fieldSchema } from "@/features/forms/model/schema";
import { toFieldValue } from "@/features/forms/model/values";

// The rules and words are those of `msp_core.forms.definition`; the server decides.

/** Messages by property, such as `options[0].label`. */
export type Messages = Readonly<Record<string, string>>;
/** What is wrong with the form (`form`), a section (its line's id) or a field (its key). */
export type Problems = Readonly<Record<string, Messages>>;

export const formOwner = "form";

const goodName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const goodKind = /^(\.[a-z0-9]{1,16}|[a-z0-9][a-z0-9.+-]{0,99}\/([a-z0-9][a-z0-9.+-]{0,99}|\*))$/;
const mostKinds = 20;

/** What the engine publishes, by name. */
export class KnownNames {
  private readonly workflows: ReadonlyMap<string, WorkflowMetadata>;
  private readonly providers: ReadonlyMap<string, DataProviderMetadata>;

  constructor(catalog: Catalog) {
    this.workflows = new Map((catalog.workflows ?? []).map((one) => [one.name, one]));
    this.providers = new Map((catalog.dataProviders ?? []).map((one) => [one.name, one]));
  }

  workflow(name: string): WorkflowMetadata | undefined {
    return this.workflows.get(name);
  }

  provider(name: string): DataProviderMetadata | undefined {
    return this.providers.get(name);
  }
}

/** The required parameters of the workflow that no field fills. */
export function unfilledParameters(draft: FormDraft, workflow: WorkflowMetadata): string[] {
  const filled = new Set(draft.fields.filter(({ type }) => hasValue(type)).map(({ name }) => name));
  return (workflow.parameters ?? []).filter(({ name, required }) => required && !filled.has(name)).map(({ name }) => name);
}

function nameProblem(field: DraftField, earlier: readonly DraftField[]): string | null {
  if (!goodName.test(field.name)) {
    return "A name has letters, digits and _, at most 64, and starts with no digit.";
  }
  return earlier.some(({ name }) => name === field.name) ? "Two fields have this name." : null;
}

function* referenceProblems(field: DraftField, earlier: readonly DraftField[]): Generator<[string, string]> {
  for (const [where, key] of Object.entries(referencesOf(field))) {
    const source = earlier.find((one) => one.key === key);
    if (source === undefined) {
      yield [where, "Choose a field that comes before this one."];
    } else if (!hasValue(source.type)) {
      yield [where, `The field “${called(source)}” is only shown and has no value.`];
    }
  }
}

function* optionProblems(field: DraftField): Generator<[string, string]> {
  const options = field.options ?? [];
  if (field.dataProvider === null && options.length === 0) {
    yield ["options", "Give options, or a data provider that loads them."];
  }
  if (field.dataProvider !== null && options.length > 0) {
    yield ["options", "Give options or a data provider, not both."];
  }
  for (const [position, { label, value }] of options.entries()) {
    if (label.trim() === "") {
      yield [`options[${position}].label`, "An option needs a label."];
    }
    if (options.filter((other) => other.value === value).length > 1) {
      yield [`options[${position}].value`, "Two options have this value."];
    }
  }
}

function* providerProblems(field: DraftField, known: KnownNames): Generator<[string, string]> {
  if (field.dataProvider === null) {
    return;
  }
  const provider = known.provider(field.dataProvider);
  if (provider === undefined) {
    yield ["dataProvider", `There is no data provider “${field.dataProvider}”.`];
    return;
  }
  const parameters = provider.parameters ?? [];
  const given = Object.keys(field.dataProviderInputs ?? {});
  for (const name of given.filter((one) => !parameters.some((parameter) => parameter.name === one))) {
    yield [`dataProviderInputs.${name}`, "The data provider has no such input."];
  }
  for (const { name, label } of parameters.filter(({ name, required }) => required && !given.includes(name))) {
    yield [`dataProviderInputs.${name}`, `The data provider needs the input “${label || name}”.`];
  }
}

function* ruleProblems(field: DraftField): Generator<[string, string]> {
  const { min = null, max = null, minLength = null, maxLength = null } = field.validation ?? {};
  const order = (bound: string | number) => (field.type === "number" ? Number(bound) : new Date(bound).getTime());
  if (min !== null && max !== null && order(min) > order(max)) {
    yield ["validation.min", "The smallest value is greater than the largest."];
  }
  if (Math.min(minLength ?? 0, maxLength ?? 0) < 0) {
    yield ["validation.minLength", "A length cannot be negative."];
  } else if (minLength !== null && maxLength !== null && minLength > maxLength) {
    yield ["validation.minLength", "The smallest length is greater than the largest."];
  }
}

function* fileProblems(field: DraftField): Generator<[string, string]> {
  if (field.accept !== null && (field.accept.length < 1 || field.accept.length > mostKinds)) {
    yield ["accept", `Name 1 to ${mostKinds} kinds of files, or leave it out to accept any.`];
  }
  const wrong = (field.accept ?? []).find((entry) => !goodKind.test(entry));
  if (wrong !== undefined) {
    yield ["accept", `“${wrong}”: write an ending (.csv) or a type (text/csv, image/*), in small letters.`];
  }
  if (field.maxSizeBytes !== null && field.maxSizeBytes < 1) {
    yield ["maxSizeBytes", "A file has at least 1 byte."];
  }
}

function defaultProblem(field: DraftField): string | null {
  if (field.defaultValue === null || field.type === "file" || field.type === "checkbox") {
    return null;
  }
  const shown = toField(toApiField(field, []));
  const checked = fieldSchema({ ...shown, required: false }, noPatterns).safeParse(
    toFieldValue(shown, field.defaultValue),
  );
  return checked.success
    ? null
    : `The default does not fit the field: ${checked.error.issues[0]?.message ?? "it is not valid."}`;
}

function* fieldProblems(
  field: DraftField,
  earlier: readonly DraftField[],
  known: KnownNames | null,
): Generator<[string, string]> {
  const wrongName = nameProblem(field, earlier);
  if (wrongName !== null) {
    yield ["name", wrongName];
  }
  yield* referenceProblems(field, earlier);
  if (!hasValue(field.type)) {
    if ((field.content ?? "").trim() === "") {
      yield ["content", "Write the text to show."];
    }
    return;
  }
  if (field.label.trim() === "") {
    yield ["label", "A field needs a label."];
  }
  if (isChoice(field.type)) {
    yield* optionProblems(field);
    if (known !== null) {
      yield* providerProblems(field, known);
    }
  }
  yield* ruleProblems(field);
  yield* fileProblems(field);
  const wrongDefault = defaultProblem(field);
  if (wrongDefault !== null) {
    yield ["defaultValue", wrongDefault];
  }
}

function* formProblems(draft: FormDraft, known: KnownNames | null): Generator<[string, string]> {
  if (draft.name.trim() === "" || draft.name.length > 200) {
    yield ["name", "A form needs a name of 1 to 200 characters."];
  }
  if ((draft.description ?? "").length > 2000) {
    yield ["description", "The description has at most 2000 characters."];
  }
  if (draft.linkedWorkflow === "") {
    yield ["linkedWorkflow", "Choose the workflow that the form runs."];
    return;
  }
  if (known === null) {
    return;
  }
  const workflow = known.workflow(draft.linkedWorkflow);
  if (workflow === undefined) {
    yield ["linkedWorkflow", `There is no workflow “${draft.linkedWorkflow}”.`];
    return;
  }
  if (workflow.exposeInForms === false) {
    yield ["linkedWorkflow", `The workflow “${workflow.name}” is not meant for forms.`];
  }
  const missing = unfilledParameters(draft, workflow);
  if (missing.length > 0) {
    yield ["fields", `The workflow needs ${missing.join(", ")}: add a field of that name.`];
  }
}

/** What keeps the draft from being saved. */
export function findProblems(draft: FormDraft, known: KnownNames | null): Problems {
  const problems: Record<string, Messages> = {};
  const note = (owner: string, found: Generator<[string, string]>) => {
    const messages = Object.fromEntries(found);
    if (Object.keys(messages).length > 0) {
      problems[owner] = messages;
    }
  };
  note(formOwner, formProblems(draft, known));
  for (const section of draft.sections ?? []) {
    if (section.name.trim() === "") {
      problems[sectionId(section.name)] = { title: "A section needs a name." };
    }
  }
  for (const [position, field] of draft.fields.entries()) {
    note(field.key, fieldProblems(field, draft.fields.slice(0, position), known));
  }
  return problems;
}

/** The first of the form, its sections and its fields that something is wrong with. */
export function firstWrong(draft: FormDraft, problems: Problems): string | undefined {
  return [formOwner, ...linesOf(draft).map(({ id }) => id)].find((id) => problems[id] !== undefined);
}

/** A new form is not yet wrong for having no name and no workflow. */
export function withoutForm(problems: Problems): Problems {
  return Object.fromEntries(Object.entries(problems).filter(([owner]) => owner !== formOwner));
}
