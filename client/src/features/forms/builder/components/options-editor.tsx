import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";

import classes from "@/features/forms/builder/components/builder.module.css";
import { NumberProperty } from "@/features/forms/builder/components/property";
import { useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftOption } from "@/features/forms/builder/model/draft";

interface OptionsEditorProps {
  owner: string;
  options: readonly DraftOption[];
  onChange: (options: DraftOption[]) => void;
}

type Scalar = DraftOption["value"];

/** The value as another type, as far as it makes sense there. */
function asKind(value: Scalar, kind: string | null): Scalar {
  if (kind === "number") {
    const number = Number(value);
    return Number.isNaN(number) ? 0 : number;
  }
  return kind === "boolean" ? value === true || value === "true" || value === 1 : String(value);
}

const kinds = [
  { value: "string", label: "Text" },
  { value: "number", label: "Number" },
  { value: "boolean", label: "Yes/no" },
];

interface OptionRowProps {
  owner: string;
  position: number;
  option: DraftOption;
  onChange: (option: DraftOption) => void;
}

function OptionInputs({ owner, position, option, onChange }: OptionRowProps) {
  const messages = useMessages(owner);
  const number = position + 1;
  const error = messages[`options[${position}].value`];
  const setValue = (value: Scalar) => onChange({ ...option, value });
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

/** A fixed list of choices: label, value, order. */
export function OptionsEditor({ owner, options, onChange }: OptionsEditorProps) {
  const message = useMessages(owner).options;
  const replace = (position: number, ...by: DraftOption[]) => onChange(options.toSpliced(position, 1, ...by));
  const swap = (position: number) => {
    const [one, other] = [options[position], options[position + 1]];
    if (one !== undefined && other !== undefined) {
      onChange(options.toSpliced(position, 2, other, one));
    }
  };
  const add = () => {
    const used = new Set(options.map(({ value }) => value));
    let number = options.length + 1;
    while (used.has(`option_${number}`)) {
      number += 1;
    }
    onChange([...options, { label: `Option ${number}`, value: `option_${number}` }]);
  };
  return (
    <Stack component="ol" className={classes.list} aria-label="Options">
      {options.map((option, position) => (
        <Stack key={position} component="li" gap={4} pb={6}>
          <OptionInputs owner={owner} position={position} option={option} onChange={(one) => replace(position, one)} />
          <Group gap={4} justify="flex-end">
            <Select
              size="xs"
              w={100}
              aria-label={`Type of the value of option ${position + 1}`}
              allowDeselect={false}
              data={kinds}
              value={typeof option.value}
              onChange={(kind) => replace(position, { ...option, value: asKind(option.value, kind) })}
            />
            <ActionIcon
              variant="subtle"
              aria-label={`Move option ${position + 1} up`}
              disabled={position === 0}
              onClick={() => swap(position - 1)}
            >
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              aria-label={`Move option ${position + 1} down`}
              disabled={position === options.length - 1}
              onClick={() => swap(position)}
            >
              <IconArrowDown size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="subtle" aria-label={`Delete option ${position + 1}`} onClick={() => replace(position)}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Group>
        </Stack>
      ))}
      {message !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" component="li">
          {message}
        </Text>
      )}
      <li>
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
          Add an option
        </Button>
      </li>
    </Stack>
  );
}
