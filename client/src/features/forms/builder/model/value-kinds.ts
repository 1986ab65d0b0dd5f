import type { Operator } from "@/api/generated/management-api/types.gen";
import type { ParameterMetadata } from "@/api/generated/workflow-engine/types.gen";
import type { DraftField, DraftOption } from "@/features/forms/builder/model/draft";

/** How a value is typed in: a default, what a rule compares with, or a fixed input of a data provider. */
export type ValueKind =
  | { is: "text" | "lines" | "number" | "boolean" | "date" | "datetime" | "json" }
  | { is: "list"; of: "text" | "number" }
  | { is: "choice" | "choices"; options: readonly DraftOption[] };

/** The kind of a field's own value, as its default has it. */
export function defaultKind(field: DraftField): ValueKind | null {
  switch (field.type) {
    case "text":
    case "email":
      return { is: "text" };
    case "textarea":
      return { is: "lines" };
    case "number":
    case "date":
    case "datetime":
      return { is: field.type };
    case "checkbox":
      // A box that has to be ticked is never ticked beforehand.
      return field.required && field.defaultValue === null ? null : { is: "boolean" };
    case "select":
    case "radio":
      return field.dataProvider === null ? { is: "choice", options: field.options ?? [] } : { is: "text" };
    case "multiselect":
      return field.dataProvider === null
        ? { is: "choices", options: field.options ?? [] }
        : { is: "list", of: "text" };
    case "file":
    case "markdown":
      return null;
  }
}

const operatorWords: Record<Operator, string> = {
  equals: "is",
  notEquals: "is not",
  in: "is one of",
  notIn: "is none of",
  contains: "contains",
  greaterThan: "is greater than",
  lessThan: "is less than",
  isEmpty: "is empty",
  isNotEmpty: "is filled in",
};

function fittingOperators({ type }: DraftField): Operator[] {
  switch (type) {
    case "number":
    case "date":
    case "datetime":
      return ["equals", "notEquals", "greaterThan", "lessThan", "isNotEmpty", "isEmpty"];
    case "checkbox":
      return ["equals"];
    case "select":
    case "radio":
      return ["equals", "notEquals", "in", "notIn", "isNotEmpty", "isEmpty"];
    case "multiselect":
      return ["contains", "isNotEmpty", "isEmpty"];
    case "file":
    case "markdown":
      return ["isNotEmpty", "isEmpty"];
    case "text":
    case "email":
    case "textarea":
      return ["equals", "notEquals", "in", "notIn", "contains", "isNotEmpty", "isEmpty"];
  }
}

/** The comparisons that make sense for a field, and the one that is used already. */
export function operatorsFor(source: DraftField, used: Operator | null): { value: Operator; label: string }[] {
  const fitting = fittingOperators(source);
  const all = used === null || fitting.includes(used) ? fitting : [...fitting, used];
  return all.map((value) => ({ value, label: operatorWords[value] }));
}

/** What a comparison compares with; null for those that need nothing. */
export function comparedKind(source: DraftField, operator: Operator): ValueKind | null {
  const options = source.dataProvider === null ? source.options : null;
  switch (operator) {
    case "isEmpty":
    case "isNotEmpty":
      return null;
    case "in":
    case "notIn":
      return options === null
        ? { is: "list", of: source.type === "number" ? "number" : "text" }
        : { is: "choices", options };
    case "contains":
      return options === null ? { is: "text" } : { is: "choice", options };
    default: {
      const kind = defaultKind({ ...source, required: false });
      return kind?.is === "lines" || kind === null ? { is: "text" } : kind;
    }
  }
}

/** The kind of a fixed input of a data provider. */
export function parameterKind({ type, options }: ParameterMetadata): ValueKind {
  if (options) {
    const known = options.map(({ label, value }) => ({ label, value: value as DraftOption["value"] }));
    return { is: type === "list" ? "choices" : "choice", options: known };
  }
  switch (type) {
    case "int":
    case "float":
      return { is: "number" };
    case "bool":
      return { is: "boolean" };
    case "date":
    case "datetime":
    case "json":
      return { is: type };
    case "list":
      return { is: "list", of: "text" };
    default:
      return { is: "text" };
  }
}

/** Whether a value is one that an input of this kind can show. */
export function fits(kind: ValueKind, value: unknown): boolean {
  if (value === null || kind.is === "json") {
    return true;
  }
  const isKnown = (one: unknown) => !("options" in kind) || kind.options.some((option) => option.value === one);
  switch (kind.is) {
    case "number":
    case "boolean":
      return typeof value === kind.is;
    case "choice":
      return isKnown(value);
    case "choices":
      return Array.isArray(value) && value.every(isKnown);
    case "list":
      return Array.isArray(value) && value.every((one) => typeof one === (kind.of === "text" ? "string" : "number"));
    default:
      return typeof value === "string";
  }
}
