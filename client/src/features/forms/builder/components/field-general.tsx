import { Autocomplete, Switch } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { memo } from "react";

import { FieldPlacing } from "@/features/forms/builder/components/field-placing";
import { Part } from "@/features/forms/builder/components/part";
import { TextProperty } from "@/features/forms/builder/components/property";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import { useSame } from "@/features/forms/builder/hooks/use-same";
import { useTyping } from "@/shared/ui/use-typing";
import type { DraftField } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";
import { hasValue } from "@/features/forms/builder/model/field-types";

const StillAutocomplete = memo(Autocomplete);
const StillSwitch = memo(Switch);
const inPlace = { withinPortal: false };

interface FieldGeneralProps {
  field: DraftField;
  onChange: (change: FieldChange) => void;
}

/** The parameters of the workflow, by the names that fields can take. */
function useParameters() {
  const { catalog, draft } = useBuilderContext();
  return catalog.workflows?.find(({ name }) => name === draft.linkedWorkflow)?.parameters ?? [];
}

/** What the field is called, which parameter it fills, and whether it has to be filled in. */
export function FieldGeneral({ field, onChange }: FieldGeneralProps) {
  const { added } = useBuilderContext();
  const messages = useMessages(field.key);
  const parameters = useParameters();
  const parameter = parameters.find((one) => one.name === field.name);
  const names = useSame(parameters.map((one) => one.name));
  const name = useTyping(field.name, (typed) => onChange({ name: typed }));
  const require = useCallbackRef(({ currentTarget: { checked } }: { currentTarget: { checked: boolean } }) =>
    onChange({ required: checked }),
  );
  const isShownOnly = !hasValue(field.type);
  return (
    <Part title="Label and type">
      <TextProperty
        label="Label"
        description={isShownOnly ? "Not shown on the form; names this text here." : undefined}
        required={!isShownOnly}
        startsFocused={added === field.key}
        value={field.label}
        error={messages.label}
        onChange={(label) => onChange({ label: label ?? "" })}
      />
      <StillAutocomplete
        label="Name"
        description={
          parameter === undefined
            ? "Letters, digits and _. A parameter of the workflow that has this name gets the value."
            : `Fills the workflow's parameter “${parameter.label || parameter.name}”${parameter.required ? ", which it needs" : ""}.`
        }
        required
        spellCheck={false}
        openOnFocus={false}
        comboboxProps={inPlace}
        maxLength={64}
        data={names}
        value={name.text}
        error={messages.name}
        onChange={name.type}
      />
      <FieldPlacing field={field} />
      {!isShownOnly && (
        <StillSwitch
          label={field.type === "checkbox" ? "Has to be ticked" : "Has to be filled in"}
          checked={field.required}
          onChange={require}
        />
      )}
    </Part>
  );
}
