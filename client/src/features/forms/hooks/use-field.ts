import { useController } from "react-hook-form";

import type { Field } from "@/features/forms/model/fields";
import type { FieldValue, FormValues } from "@/features/forms/model/values";

export function fieldId(name: string): string {
  return `field-${name}`;
}

/** Puts the keyboard on a field, for instance the first one that is wrong. */
export function focusField(name: string): void {
  const element = document.getElementById(fieldId(name));
  // A group of radio buttons cannot have the focus itself; its first button can.
  const target = element?.matches("input, textarea, select, button") ? element : element?.querySelector("input");
  target?.focus();
  target?.scrollIntoView({ block: "center" });
}

/** A field's input: its value, its message, and what every Mantine input takes. */
export function useField(field: Field) {
  const { field: input, fieldState } = useController<FormValues>({ name: field.name });
  return {
    value: input.value as FieldValue | undefined,
    setValue: (value: FieldValue) => {
      input.onChange(value);
    },
    onBlur: input.onBlur,
    error: fieldState.error?.message,
    /** Label, help and message; the same for every kind of input. */
    frame: {
      id: fieldId(field.name),
      label: field.label,
      description: field.helpText,
      error: fieldState.error?.message,
      withAsterisk: field.required,
    },
  };
}

/** Puts the keyboard on the first field that can be filled in. */
export function focusFirstField(fields: readonly Field[]): void {
  const first = fields.find((field) => document.getElementById(fieldId(field.name)) !== null);
  if (first !== undefined) {
    focusField(first.name);
  }
}
