import { Checkbox, Text } from "@mantine/core";
import { lazy, Suspense } from "react";

import { useField } from "@/features/forms/hooks/use-field";
import type { Field } from "@/features/forms/model/fields";

const Markdown = lazy(async () => ({
  default: (await import("@/features/forms/components/markdown-text")).MarkdownText,
}));

/** Yes or no. */
export function CheckboxField({ field }: { field: Field }) {
  const { value, setValue, onBlur, frame } = useField(field);
  const { withAsterisk, label, ...rest } = frame;
  return (
    <Checkbox
      {...rest}
      label={
        <>
          {label}
          {withAsterisk && (
            <Text span c="var(--mantine-color-error)" aria-hidden>
              {" *"}
            </Text>
          )}
        </>
      }
      required={field.required}
      checked={value === true}
      onChange={(event) => setValue(event.currentTarget.checked)}
      onBlur={onBlur}
    />
  );
}

/** Text that explains, and takes no input. */
export function MarkdownField({ field }: { field: Field }) {
  const text = field.content ?? "";
  return (
    <Suspense fallback={<Text style={{ whiteSpace: "pre-wrap" }}>{text}</Text>}>
      <Markdown text={text} />
    </Suspense>
  );
}
