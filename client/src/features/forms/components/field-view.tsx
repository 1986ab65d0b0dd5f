import { memo } from "react";

import { MultiSelectField, RadioField, SelectField } from "@/features/forms/components/choice-fields";
import { FileField } from "@/features/forms/components/file-field";
import { CheckboxField, MarkdownField } from "@/features/forms/components/other-fields";
import { MomentField, TextareaField, TextField } from "@/features/forms/components/text-fields";
import type { Field } from "@/features/forms/model/fields";

/** The input for a field of any type. */
export const FieldView = memo(function FieldView({ field }: { field: Field }) {
  switch (field.type) {
    case "text":
    case "email":
    case "number":
      return <TextField field={field} />;
    case "date":
    case "datetime":
      return <MomentField field={field} />;
    case "textarea":
      return <TextareaField field={field} />;
    case "select":
      return <SelectField field={field} />;
    case "multiselect":
      return <MultiSelectField field={field} />;
    case "radio":
      return <RadioField field={field} />;
    case "checkbox":
      return <CheckboxField field={field} />;
    case "markdown":
      return <MarkdownField field={field} />;
    case "file":
      return <FileField field={field} />;
  }
});
