import type { Field } from "@/features/forms/model/fields";

const redacted = "[redacted]";
const fieldPrefix = "field.";

/** A field that an earlier run cannot fill, and why. */
export interface LeftEmpty {
  label: string;
  reason: string;
}

export interface Prefill {
  values: Record<string, unknown>;
  left: LeftEmpty[];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Why a value on record is not the one that was given; null if it is. */
function reasonToLeave(field: Field, value: unknown): string | null {
  if (field.type === "file") {
    return "choose the file again";
  }
  if (value === redacted || (Array.isArray(value) && value.includes(redacted))) {
    return "it is secret and was not kept";
  }
  if (typeof value === "string" && value.includes(redacted)) {
    return "part of it is secret and was not kept";
  }
  return isRecord(value) && value.truncated === true ? "it was too long to be kept whole" : null;
}

/** What an earlier run was given, as far as it is on record. */
export function prefillFromRun(fields: readonly Field[], input: Record<string, unknown>): Prefill {
  const values: Record<string, unknown> = {};
  const left: LeftEmpty[] = [];
  for (const field of fields) {
    const value = input[field.name];
    if (value === undefined || value === null) {
      continue;
    }
    const reason = reasonToLeave(field, value);
    if (reason === null) {
      values[field.name] = value;
    } else {
      left.push({ label: field.label, reason });
    }
  }
  return { values, left };
}

const yes = ["true", "1", "yes", "on"];

/** An option's own value where the address has its text: 7 for "7". */
function optionFor(field: Field, text: string): unknown {
  return field.options?.find(({ value }) => String(value) === text)?.value ?? text;
}

function valueFromText(field: Field, texts: string[]): unknown {
  const [first = ""] = texts;
  switch (field.type) {
    case "checkbox":
      return yes.includes(first.toLowerCase());
    case "multiselect":
      return texts.filter((text) => text !== "").map((text) => optionFor(field, text));
    case "select":
    case "radio":
      return optionFor(field, first);
    default:
      return first;
  }
}

/** What an address fills in: `?field.<name>=value`, several times for several choices; never a file. */
export function prefillFromUrl(fields: readonly Field[], params: URLSearchParams): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const texts = params.getAll(`${fieldPrefix}${field.name}`);
    if (texts.length > 0 && field.type !== "file" && field.type !== "markdown") {
      values[field.name] = valueFromText(field, texts);
    }
  }
  return values;
}
