import { Part } from "@/features/forms/builder/components/part";
import { TextProperty } from "@/features/forms/builder/components/property";
import { ValueInput } from "@/features/forms/builder/components/value-input";
import { useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";
import { fieldTypes, hasValue } from "@/features/forms/builder/model/field-types";
import { defaultKind } from "@/features/forms/builder/model/value-kinds";

interface FieldWordsProps {
  field: DraftField;
  onChange: (change: FieldChange) => void;
}

/** The text that is shown, or what helps to fill the field in. */
export function FieldWords({ field, onChange }: FieldWordsProps) {
  const messages = useMessages(field.key);
  if (!hasValue(field.type)) {
    return (
      <Part title="Text">
        <TextProperty
          label="Text"
          description="Markdown: **bold**, lists, [links](https://…). HTML and pictures are not shown."
          required
          lines
          value={field.content}
          error={messages.content}
          onChange={(content) => onChange({ content })}
        />
      </Part>
    );
  }
  const kind = defaultKind(field);
  return (
    <Part title="Help and default">
      <TextProperty
        label="Help text"
        description="Shown below the label."
        lines
        value={field.helpText}
        error={messages.helpText}
        onChange={(helpText) => onChange({ helpText })}
      />
      {(fieldTypes[field.type].hasPlaceholder || field.placeholder !== null) && (
        <TextProperty
          label="Placeholder"
          value={field.placeholder}
          error={messages.placeholder}
          onChange={(placeholder) => onChange({ placeholder })}
        />
      )}
      {kind !== null && (
        <ValueInput
          key={kind.is}
          label="Default"
          description={field.type === "checkbox" ? "Whether the box is ticked at the start." : undefined}
          kind={kind}
          value={field.defaultValue}
          error={messages.defaultValue}
          onChange={(defaultValue) => onChange({ defaultValue })}
        />
      )}
    </Part>
  );
}
