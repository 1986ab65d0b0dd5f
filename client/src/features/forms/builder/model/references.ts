import type { DraftField, DraftInput, FormDraft } from "@/features/forms/builder/model/draft";
import { called } from "@/features/forms/builder/model/draft";

/** The keys of the fields that a field depends on, by the property that says so. */
export function referencesOf(field: DraftField): Record<string, string> {
  const found: Record<string, string> = {};
  if (field.visibleWhen !== null) {
    found["visibleWhen.field"] = field.visibleWhen.source;
  }
  for (const [name, input] of Object.entries(field.dataProviderInputs ?? {})) {
    if (input.mode === "field") {
      found[`dataProviderInputs.${name}`] = input.source;
    }
  }
  return found;
}

/** The fields that depend on one. */
export function dependentsOf(fields: readonly DraftField[], key: string): DraftField[] {
  return fields.filter((field) => Object.values(referencesOf(field)).includes(key));
}

/** The earlier fields that have a value: what a field may depend on. */
export function sourcesFor(draft: FormDraft, key: string): DraftField[] {
  const position = draft.fields.findIndex((field) => field.key === key);
  return draft.fields.slice(0, Math.max(position, 0)).filter(({ type }) => type !== "markdown");
}

/** Why the fields cannot stand in this order, if so. */
export function orderRefusal(fields: readonly DraftField[]): string | null {
  const positions = new Map(fields.map(({ key }, position) => [key, position]));
  for (const [position, field] of fields.entries()) {
    for (const key of Object.values(referencesOf(field))) {
      const source = fields[positions.get(key) ?? -1];
      if (source !== undefined && (positions.get(key) ?? 0) >= position) {
        return `“${called(field)}” depends on “${called(source)}”, so it has to come after it.`;
      }
    }
  }
  return null;
}

/** A field without its references to another. */
export function withoutReferences(field: DraftField, key: string): DraftField {
  const inputs = Object.entries(field.dataProviderInputs ?? {});
  const kept = inputs.filter(([, input]) => input.mode === "static" || input.source !== key);
  return {
    ...field,
    visibleWhen: field.visibleWhen?.source === key ? null : field.visibleWhen,
    dataProviderInputs: kept.length === inputs.length ? field.dataProviderInputs : Object.fromEntries(kept),
  };
}

/** A field whose references to one field lead to another. */
export function withReference(field: DraftField, from: string, to: string): DraftField {
  const inputs = Object.entries(field.dataProviderInputs ?? {});
  const led = inputs.map(([name, input]): [string, DraftInput] => [
    name,
    input.mode === "field" && input.source === from ? { ...input, source: to } : input,
  ]);
  return {
    ...field,
    visibleWhen: field.visibleWhen?.source === from ? { ...field.visibleWhen, source: to } : field.visibleWhen,
    dataProviderInputs: field.dataProviderInputs && Object.fromEntries(led),
  };
}
