import { ApiError } from "@/api/api-error";
import type { Parameter } from "@/features/workflows/model/workflow";

type Values = Record<string, unknown>;

function hasOptions({ options, validation, dataProvider }: Parameter): boolean {
  return (options ?? []).length > 0 || (validation?.enum ?? []).length > 0 || typeof dataProvider === "string";
}

/** Fields of text that stand for a list, an item a line, or for JSON. */
function isHeldAsText(parameter: Parameter): boolean {
  return (parameter.type === "list" || parameter.type === "json") && !hasOptions(parameter);
}

export function needsFile(parameters: readonly Parameter[]): boolean {
  return parameters.some(({ type, required }) => type === "file" && required);
}

/** Files are handed in with a form; a run by the workflow's name has nowhere to put one. */
export function fileParameters(parameters: readonly Parameter[]): Parameter[] {
  return parameters.filter(({ type }) => type === "file");
}

function fromText({ name, type }: Parameter, text: string): unknown {
  if (type === "list") {
    return text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const message = "Enter JSON.";
    throw new ApiError({ status: 400, code: "ValidationError", message, details: { fields: { [name]: message } } });
  }
}

/**
 * What a workflow is run with, out of what its generated form holds: as the service does it for a saved form.
 *
 * Throws an `ApiError` that names the field whose text is no JSON.
 */
export function toWorkflowParameters(parameters: readonly Parameter[], values: Values): Values {
  const texts = new Map(parameters.filter(isHeldAsText).map((parameter) => [parameter.name, parameter]));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const parameter = texts.get(name);
      return [name, parameter !== undefined && typeof value === "string" ? fromText(parameter, value) : value];
    }),
  );
}

/** The input of an earlier run as the generated form holds it. */
export function toFormValues(parameters: readonly Parameter[], input: Values): Values {
  const texts = new Map(parameters.filter(isHeldAsText).map(({ name, type }) => [name, type]));
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      if (!texts.has(name) || value === null) {
        return [name, value];
      }
      const isLines = texts.get(name) === "list" && Array.isArray(value);
      return [name, isLines ? value.map(itemText).join("\n") : JSON.stringify(value)];
    }),
  );
}

function itemText(item: unknown): string {
  return typeof item === "string" ? item : JSON.stringify(item);
}
