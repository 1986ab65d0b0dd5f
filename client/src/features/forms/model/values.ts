import type { Field, FieldOption } from "@/features/forms/model/fields";

/** A file in its field: on its way, or uploaded and known to the server by its id. */
export type FileValue =
  | { state: "uploading"; name: string }
  | { state: "uploaded"; name: string; sizeBytes: number; fileId: string };

/** What the inputs hold: text for everything typed or chosen, so that nothing typed is ever changed or lost. */
export type FieldValue = string | string[] | boolean | FileValue;
export type FormValues = Record<string, FieldValue>;

const jsonPrefix = "json:";

/** An option's value as the text that an input holds; texts stay themselves, others become JSON. */
export function optionKey(value: unknown): string {
  return typeof value === "string" ? value : `${jsonPrefix}${JSON.stringify(value)}`;
}

function optionValue(key: string): unknown {
  return key.startsWith(jsonPrefix) ? (JSON.parse(key.slice(jsonPrefix.length)) as unknown) : key;
}

/** Options as lists want them: text keys, each once. */
export function selectableOptions(options: readonly FieldOption[]): { value: string; label: string }[] {
  const seen = new Map<string, string>();
  for (const { label, value } of options) {
    const key = optionKey(value);
    if (!seen.has(key)) {
      seen.set(key, label);
    }
  }
  return [...seen].map(([value, label]) => ({ value, label }));
}

/** `2026-03-01T09:30` in the reader's zone, as inputs of date and time want it. */
export function localDateTime(moment: Date): string {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The same moment with the reader's offset from UTC: what a form says keeps its zone. */
export function withOffset(local: string): string {
  const moment = new Date(local);
  const minutes = -moment.getTimezoneOffset();
  const sign = minutes < 0 ? "-" : "+";
  const part = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  const seconds = local.length === 16 ? `${local}:00` : local;
  return `${seconds}${sign}${part(minutes / 60)}:${part(minutes % 60)}`;
}

function scalarText(value: unknown): string {
  if (value === null || value === undefined) {
    return "";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Turns a default, or what an earlier run was given, into what the field's input holds. */
export function toFieldValue(field: Field, value: unknown): FieldValue {
  switch (field.type) {
    case "checkbox":
      return value === true;
    case "multiselect":
      return Array.isArray(value) ? value.map(optionKey) : [];
    case "select":
    case "radio":
      return value === null || value === undefined || value === "" ? "" : optionKey(value);
    case "date":
      return scalarText(value).slice(0, 10);
    case "datetime": {
      const moment = new Date(scalarText(value));
      return Number.isNaN(moment.getTime()) ? "" : localDateTime(moment);
    }
    case "text":
    case "email":
    case "number":
    case "textarea":
    case "markdown":
      return scalarText(value);
    case "file":
      // A file is chosen anew each time: what an earlier run had is not this form's to send.
      return "";
  }
}

/** A fresh form: defaults, overridden by the input of an earlier run. */
export function initialValues(fields: readonly Field[], prefill: Record<string, unknown> = {}): FormValues {
  const values: FormValues = {};
  for (const field of fields) {
    if (field.type !== "markdown") {
      // A box that must be ticked is a consent: nobody's default gives it.
      const given =
        field.type === "checkbox" && field.required ? undefined : (prefill[field.name] ?? field.defaultValue);
      values[field.name] = toFieldValue(field, given);
    }
  }
  return values;
}

/** Nothing was filled in; spaces alone are nothing, as on the server. */
export function isEmptyValue(value: FieldValue | undefined): boolean {
  return (
    value === undefined ||
    (typeof value === "string" ? value.trim() === "" : Array.isArray(value) && value.length === 0)
  );
}

/** What an input stands for: numbers as numbers, options with their own values; undefined when empty or unreadable. */
export function typedValue(field: Field, value: FieldValue | undefined): unknown {
  if (field.type === "checkbox") {
    return value === true;
  }
  if (value === undefined || isEmptyValue(value)) {
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.map(optionValue);
  }
  if (typeof value === "object") {
    return value.state === "uploaded" ? value.fileId : undefined;
  }
  const text = String(value);
  switch (field.type) {
    case "number":
      return Number.isNaN(Number(text)) ? undefined : Number(text);
    case "select":
    case "radio":
      return optionValue(text);
    case "datetime":
      return withOffset(text);
    default:
      return text;
  }
}

/** What is sent: typed values of the visible fields. */
export function toParameters(visibleFields: readonly Field[], values: FormValues): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const field of visibleFields) {
    if (field.type === "markdown") {
      continue;
    }
    const value = typedValue(field, values[field.name]);
    if (value !== undefined) {
      parameters[field.name] = value;
    } else if (field.defaultValue !== null) {
      // A field that is not sent takes its default; this one was emptied on purpose.
      parameters[field.name] = null;
    }
  }
  return parameters;
}
