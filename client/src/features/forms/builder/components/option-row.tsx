import { ActionIcon, Group, Select, Stack } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";

import { OptionInputs } from "@/features/forms/builder/components/option-inputs";
import type { DraftOption } from "@/features/forms/builder/model/draft";

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
  isLast: boolean;
  option: DraftOption;
  onChange: (option: DraftOption) => void;
  onMove: (by: -1 | 1) => void;
  onDelete: () => void;
}

/** One choice: what it is, and where it stands. */
export function OptionRow({ owner, position, isLast, option, onChange, onMove, onDelete }: OptionRowProps) {
  const number = position + 1;
  return (
    <Stack component="li" gap={4} pb={6}>
      <OptionInputs owner={owner} position={position} option={option} onChange={onChange} />
      <Group gap={4} justify="flex-end">
        <Select
          size="xs"
          w={100}
          aria-label={`Type of the value of option ${number}`}
          allowDeselect={false}
          data={kinds}
          value={typeof option.value}
          onChange={(kind) => onChange({ ...option, value: asKind(option.value, kind) })}
        />
        <ActionIcon
          variant="subtle"
          aria-label={`Move option ${number} up`}
          disabled={position === 0}
          onClick={() => onMove(-1)}
        >
          <IconArrowUp size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          aria-label={`Move option ${number} down`}
          disabled={isLast}
          onClick={() => onMove(1)}
        >
          <IconArrowDown size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="subtle" aria-label={`Delete option ${number}`} onClick={onDelete}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </Stack>
  );
}
