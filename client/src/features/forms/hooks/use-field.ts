import { useController, useFormState } from "react-hook-form";

import { useFieldControl } from "@/features/forms/hooks/field-control";
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

/** Label, help and message; the same for every kind of input. */
function frameOf(field: Field, error: string | undefined) {
  return {
    id: fieldId(field.name),
    label: field.label,
    description: field.helpText,
    error,
    withAsterisk: field.required,
  };
}

/**
 * The input of a field that is text: it keeps what is typed itself, and a key renders nothing.
 *
 * Only its message renders it again.
 */
export function useTextInput(field: Field) {
  const { name } = field;
  const control = useFieldControl();
  const { errors } = useFormState<FormValues>({ control, name, exact: true });
  const { ref, onChange } = control.register(name);
  // Told by its name: the input itself has none, since a form's own properties would give way to it.
  const tell = (type: "change" | "blur") => (event: { currentTarget: { value: string } }) =>
    void onChange({ type, target: { name, value: event.currentTarget.value } });
  return { ...frameOf(field, errors[name]?.message), ref, onChange: tell("change"), onBlur: tell("blur") };
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
    frame: frameOf(field, fieldState.error?.message),
  };
}

/** Puts the keyboard on the first field that can be filled in. */
export function focusFirstField(fields: readonly Field[]): void {
  const first = fields.find((field) => document.getElementById(fieldId(field.name)) !== null);
  if (first !== undefined) {
    focusField(first.name);
  }
}
