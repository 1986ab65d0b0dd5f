import { Group, Select, TextInput } from "@mantine/core";

import { NumberProperty } from "@/features/forms/builder/components/property";
import { useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftOption } from "@/features/forms/builder/model/draft";

interface OptionInputsProps {
  owner: string;
  position: number;
  option: DraftOption;
  onChange: (option: DraftOption) => void;
}

/** The label of an option, and its value by the type it has. */
export function OptionInputs({ owner, position, option, onChange }: OptionInputsProps) {
  const messages = useMessages(owner);
  const number = position + 1;
  const error = messages[`options[${position}].value`];
  const setValue = (value: DraftOption["value"]) => onChange({ ...option, value });
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" grow>
      <TextInput
        flex={1}
        miw={0}
        aria-label={`Label of option ${number}`}
        placeholder="Label"
        value={option.label}
        error={messages[`options[${position}].label`]}
        onChange={(event) => onChange({ ...option, label: event.currentTarget.value })}
      />
      {typeof option.value === "number" ? (
        <NumberProperty
          aria-label={`Value of option ${number}`}
          value={option.value}
          error={error}
          onChange={(value) => setValue(value ?? 0)}
        />
      ) : typeof option.value === "boolean" ? (
        <Select
          flex={1}
          miw={0}
          aria-label={`Value of option ${number}`}
          allowDeselect={false}
          data={[
            { value: "true", label: "Yes" },
            { value: "false", label: "No" },
          ]}
          error={error}
          value={String(option.value)}
          onChange={(value) => setValue(value === "true")}
        />
      ) : (
        <TextInput
          flex={1}
          miw={0}
          aria-label={`Value of option ${number}`}
          placeholder="Value"
          value={option.value}
          error={error}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      )}
    </Group>
  );
}
