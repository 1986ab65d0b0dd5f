import type { Field } from "@/features/forms/model/fields";
import type { FormValues } from "@/features/forms/model/values";
import { typedValue } from "@/features/forms/model/values";

/** Where a field's options come from right now. */
export type OptionSource =
  | { kind: "static" }
  /** The labels of the fields that have to be filled in before. */
  | { kind: "waiting"; needs: string[] }
  | { kind: "provider"; provider: string; inputs: Record<string, unknown> };

/** Names of the fields whose values a field's options depend on. */
export function optionDependencies(field: Field): string[] {
  return Object.values(field.dataProviderInputs).flatMap((input) =>
    input.mode === "field" && typeof input.value === "string" ? [input.value] : [],
  );
}

/** The fields that the options of others depend on. */
export function optionSources(fields: readonly Field[]): Field[] {
  const names = new Set(fields.flatMap(optionDependencies));
  return fields.filter(({ name }) => names.has(name));
}

/** Static options, a provider with its inputs, or what to choose first. */
export function optionSource(field: Field, fields: readonly Field[], values: FormValues): OptionSource {
  if (field.dataProvider === null) {
    return { kind: "static" };
  }
  const inputs: Record<string, unknown> = {};
  const needs: string[] = [];
  for (const [name, input] of Object.entries(field.dataProviderInputs)) {
    if (input.mode === "static") {
      inputs[name] = input.value;
      continue;
    }
    const source = fields.find((candidate) => candidate.name === input.value);
    const value = source === undefined ? undefined : typedValue(source, values[source.name]);
    if (value === undefined) {
      needs.push(source?.label ?? String(input.value));
    } else {
      inputs[name] = value;
    }
  }
  return needs.length > 0 ? { kind: "waiting", needs } : { kind: "provider", provider: field.dataProvider, inputs };
}
