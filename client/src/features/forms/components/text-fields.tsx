import { Textarea, TextInput } from "@mantine/core";
import type { ChangeEvent, HTMLAttributes, HTMLInputTypeAttribute } from "react";

import type { FieldType } from "@/api/generated/management-api/types.gen";
import { useField, useTextInput } from "@/features/forms/hooks/use-field";
import type { Field } from "@/features/forms/model/fields";
import { zoneText } from "@/features/forms/model/time-zone";

interface InputKind {
  type: HTMLInputTypeAttribute;
  inputMode?: HTMLAttributes<HTMLInputElement>["inputMode"];
  maw?: number;
}

// Numbers are typed as text: a number input drops what it cannot read and changes on a turn of the wheel.
const kinds: Partial<Record<FieldType, InputKind>> = {
  email: { type: "email", inputMode: "email" },
  number: { type: "text", inputMode: "decimal", maw: 240 },
  date: { type: "date", maw: 240 },
  datetime: { type: "datetime-local", maw: 280 },
};

/** What every input of one line takes besides its value. */
function lineProps(field: Field) {
  return {
    ...(kinds[field.type] ?? { type: "text" }),
    placeholder: field.placeholder ?? undefined,
    required: field.required,
    autoComplete: "off",
  };
}

/** One line of text, or a number. */
export function TextField({ field }: { field: Field }) {
  return <TextInput {...useTextInput(field)} {...lineProps(field)} />;
}

/** A date, or a date with time. */
export function MomentField({ field }: { field: Field }) {
  const { value, setValue, onBlur, frame } = useField(field);
  const text = typeof value === "string" ? value : "";
  // A date and time is a moment somewhere: it is sent with its offset, and the zone is said.
  const description =
    field.type === "datetime"
      ? [frame.description, `(Time zone: ${zoneText(text)})`].filter(Boolean).join(" ")
      : frame.description;
  return (
    <TextInput
      {...frame}
      {...lineProps(field)}
      description={description}
      value={text}
      onChange={(event: ChangeEvent<HTMLInputElement>) => setValue(event.currentTarget.value)}
      onBlur={onBlur}
    />
  );
}

/** Text of several lines. */
export function TextareaField({ field }: { field: Field }) {
  const { value, setValue, onBlur, frame } = useField(field);
  return (
    <Textarea
      {...frame}
      autosize
      minRows={3}
      maxRows={12}
      placeholder={field.placeholder ?? undefined}
      required={field.required}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => setValue(event.currentTarget.value)}
      onBlur={onBlur}
    />
  );
}
