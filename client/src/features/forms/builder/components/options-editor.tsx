import { Button, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";

import classes from "@/features/forms/builder/components/builder.module.css";
import { OptionRow } from "@/features/forms/builder/components/option-row";
import { useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftOption } from "@/features/forms/builder/model/draft";

interface OptionsEditorProps {
  owner: string;
  options: readonly DraftOption[];
  onChange: (options: DraftOption[]) => void;
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
        <OptionRow
          key={position}
          owner={owner}
          position={position}
          isLast={position === options.length - 1}
          option={option}
          onChange={(one) => replace(position, one)}
          onMove={(by) => swap(by < 0 ? position - 1 : position)}
          onDelete={() => replace(position)}
        />
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
