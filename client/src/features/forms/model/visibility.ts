import type { Field, VisibilityRule } from "@/features/forms/model/fields";
import { isDisplayOnly } from "@/features/forms/model/fields";
import type { FormValues } from "@/features/forms/model/values";
import { typedValue } from "@/features/forms/model/values";

function isSame(value: unknown, wanted: unknown): boolean {
  return value !== undefined && JSON.stringify(value) === JSON.stringify(wanted);
}

function isIn(value: unknown, wanted: unknown): boolean {
  return Array.isArray(wanted) && wanted.some((one) => isSame(value, one));
}

function contains(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(value)) {
    return value.some((one) => isSame(one, wanted));
  }
  return typeof value === "string" && typeof wanted === "string" && wanted !== "" && value.includes(wanted);
}

/** What has an order: numbers and moments; other texts have none. */
function ordered(value: unknown): number {
  if (typeof value === "number") {
    return value;
  }
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}/.test(value) ? new Date(value).getTime() : Number.NaN;
}

// The same rules as on the server: what is empty or hidden equals, contains and exceeds nothing.
function holds({ operator, value: wanted }: VisibilityRule, value: unknown): boolean {
  switch (operator) {
    case "equals":
      return isSame(value, wanted);
    case "notEquals":
      return !isSame(value, wanted);
    case "in":
      return isIn(value, wanted);
    case "notIn":
      return !isIn(value, wanted);
    case "contains":
      return contains(value, wanted);
    case "isEmpty":
      return value === undefined;
    case "isNotEmpty":
      return value !== undefined;
    case "greaterThan":
      return ordered(value) > ordered(wanted);
    case "lessThan":
      return ordered(value) < ordered(wanted);
  }
}

/** Fields whose rule holds now. A rule looks at an earlier field, and a hidden one counts as empty. */
export function visibleFields(fields: readonly Field[], values: FormValues): Field[] {
  const read = new Map<string, unknown>();
  return fields.filter((field) => {
    const rule = field.visibleWhen;
    if (rule !== null && !holds(rule, read.get(rule.field))) {
      return false;
    }
    if (!isDisplayOnly(field)) {
      read.set(field.name, typedValue(field, values[field.name]));
    }
    return true;
  });
}

/** Names of the fields that decide whether others show. */
export function visibilitySources(fields: readonly Field[]): string[] {
  return [...new Set(fields.flatMap((field) => (field.visibleWhen === null ? [] : [field.visibleWhen.field])))];
}
