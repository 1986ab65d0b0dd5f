import { z } from "zod";

import type { FieldValidation } from "@/api/generated/management-api/types.gen";
import type { Field } from "@/features/forms/model/fields";
import type { PatternMatcher } from "@/features/forms/model/patterns";
import type { FieldValue, FormValues } from "@/features/forms/model/values";
import { isEmptyValue, selectableOptions } from "@/features/forms/model/values";

// The rules and their words are the server's (`msp_core.forms`), so that both always say the same.

// Without this zod compiles its schemas with `new Function`, which the Content-Security-Policy forbids.
z.config({ jitless: true });

type Schema = z.ZodType<FieldValue>;
/** The message when the value breaks the rule. */
type Check<T> = (value: T) => string | null;

const mostText = 32_000;
const largestNumber = 1e15;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const unprintable = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const lineBreak = /[\r\n\t]/;
const email = /^[^\s@<>()[\],;:"\\]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+$/;
const moment = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/;
const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** A schema that stops at the first rule broken. */
function checked<T extends FieldValue>(base: z.ZodType<T>, checks: readonly Check<T>[]): z.ZodType<T> {
  return base.superRefine((value, context) => {
    for (const check of checks) {
      const message = check(value);
      if (message !== null) {
        context.addIssue({ code: "custom", message });
        return;
      }
    }
  });
}

function lengthCheck({ minLength, maxLength, message }: FieldValidation, noun: string): Check<string | string[]> {
  return ({ length }) => {
    if (typeof minLength === "number" && length < minLength) {
      return message ?? `At least ${minLength} ${noun}.`;
    }
    return typeof maxLength === "number" && length > maxLength ? (message ?? `At most ${maxLength} ${noun}.`) : null;
  };
}

/** Bounds of what `read` makes comparable; `show` says a bound to the reader. */
function boundsCheck<T>(
  { min, max, message }: FieldValidation,
  read: (bound: T) => number,
  show: (bound: T) => string,
): Check<T> {
  return (value) => {
    if (min !== null && min !== undefined && read(value) < read(min as T)) {
      return message ?? `At least ${show(min as T)}.`;
    }
    return max !== null && max !== undefined && read(value) > read(max as T)
      ? (message ?? `At most ${show(max as T)}.`)
      : null;
  };
}

function patternCheck({ pattern, message }: FieldValidation, matches: PatternMatcher): Check<string> {
  return (text) =>
    typeof pattern !== "string" || matches(pattern, text)
      ? null
      : (message ?? "This does not have the form that is asked for.");
}

function characterCheck(hasLines: boolean): Check<string> {
  return (text) => {
    if (text.length > mostText) {
      return `Enter at most ${mostText} characters.`;
    }
    return unprintable.test(text) || (!hasLines && lineBreak.test(text))
      ? "Remove the characters that cannot be shown (control characters, line breaks)."
      : null;
  };
}

const emailCheck: Check<string> = (text) =>
  text.length > 254 || text.indexOf("@") > 64 || !email.test(text)
    ? "Enter an e-mail address, such as first.last@company.com."
    : null;

const numberCheck: Check<string> = (text) => {
  if (!decimal.test(text)) {
    return "Enter a number.";
  }
  return Math.abs(Number(text)) > largestNumber ? "Enter a number that is not so large." : null;
};

function momentChecks(field: Field): Check<string>[] {
  const isDate = field.type === "date";
  // A day without a time starts where the reader is.
  const read = (text: string) => new Date(text.length === 10 ? `${text}T00:00` : text).getTime();
  const show = (text: string) =>
    isDate ? new Date(read(text)).toLocaleDateString() : new Date(read(text)).toLocaleString();
  return [
    (text) =>
      !moment.test(text) || Number.isNaN(read(text)) ? (isDate ? "Enter a date." : "Enter a date and time.") : null,
    boundsCheck(field.rules, read, show),
  ];
}

function choiceCheck(field: Field): Check<string> {
  if (field.dataProvider !== null) {
    return () => null;
  }
  const known = new Set(selectableOptions(field.options ?? []).map((option) => option.value));
  return (key) => (known.has(key) ? null : "Choose one of the options.");
}

function textChecks(field: Field, matches: PatternMatcher): Check<string>[] {
  const { rules } = field;
  switch (field.type) {
    case "number":
      return [numberCheck, boundsCheck<string | number>(rules, Number, String)];
    case "email":
      return [characterCheck(false), emailCheck, lengthCheck(rules, "characters"), patternCheck(rules, matches)];
    case "date":
    case "datetime":
      return momentChecks(field);
    case "text":
    case "textarea":
      return [
        characterCheck(field.type === "textarea"),
        lengthCheck(rules, "characters"),
        patternCheck(rules, matches),
      ];
    case "select":
    case "radio":
      return [choiceCheck(field)];
    default:
      return [];
  }
}

const required = "This field is required.";

/** The rules of one field as a zod schema over what its input holds. */
export function fieldSchema(field: Field, matches: PatternMatcher): Schema {
  const missing: Check<FieldValue> = (value) => (field.required && isEmptyValue(value) ? required : null);
  switch (field.type) {
    case "markdown":
      return z.any();
    case "file":
      return checked(z.custom<FieldValue>(), [
        missing,
        (value) =>
          typeof value === "object" && !Array.isArray(value) && value.state === "uploading"
            ? "Wait until the file is uploaded."
            : null,
      ]);
    case "checkbox":
      return checked(z.boolean(), [
        (ticked) => (field.required && !ticked ? (field.rules.message ?? "Tick this box to go on.") : null),
      ]);
    case "multiselect": {
      const length = lengthCheck(field.rules, "options");
      const choice = choiceCheck(field);
      const choices: Check<string[]> = (keys) => keys.map(choice).find((message) => message !== null) ?? null;
      return checked(z.array(z.string()), [missing, choices, (keys) => (keys.length === 0 ? null : length(keys))]);
    }
    default: {
      const checks = textChecks(field, matches).map(
        (check): Check<string> =>
          (value) =>
            isEmptyValue(value) ? null : check(value),
      );
      return checked(z.string(), [missing, ...checks]);
    }
  }
}

/** Checks values against the rules of the given fields; a schema is made once, when its field is first checked. */
export class FormValidator {
  private readonly fields: ReadonlyMap<string, Field>;
  private readonly schemas = new Map<string, Schema>();
  private readonly matches: PatternMatcher;

  constructor(fields: readonly Field[], matches: PatternMatcher) {
    this.fields = new Map(fields.map((field) => [field.name, field]));
    this.matches = matches;
  }

  private schemaOf(name: string): Schema | undefined {
    const field = this.fields.get(name);
    const schema = this.schemas.get(name) ?? (field && fieldSchema(field, this.matches));
    if (schema !== undefined) {
      this.schemas.set(name, schema);
    }
    return schema;
  }

  /** The message for each of these fields that breaks a rule. */
  errors(fields: readonly Field[], values: FormValues): Record<string, string> {
    const errors: Record<string, string> = {};
    for (const { name } of fields) {
      const result = this.schemaOf(name)?.safeParse(values[name]);
      if (result?.success === false) {
        errors[name] = result.error.issues[0]?.message ?? "This is not valid.";
      }
    }
    return errors;
  }
}
