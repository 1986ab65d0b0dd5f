import { TagsInput } from "@mantine/core";

import { Part } from "@/features/forms/builder/components/part";
import { NumberProperty } from "@/features/forms/builder/components/property";
import { useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";

const bytesPerMiB = 1_048_576;

interface FilePartProps {
  field: DraftField;
  onChange: (change: FieldChange) => void;
}

/** Which files a field takes. */
export function FilePart({ field, onChange }: FilePartProps) {
  const messages = useMessages(field.key);
  const wrongKind = Object.entries(messages).find(([property]) => property.startsWith("accept"))?.[1];
  const size = field.maxSizeBytes;
  return (
    <Part title="Files">
      <TagsInput
        label="Kinds of files"
        description="Endings (.csv) or types (text/csv, image/*), Enter after each. None takes any."
        placeholder={field.accept === null ? "Any" : undefined}
        splitChars={[",", " "]}
        value={field.accept ?? []}
        error={wrongKind}
        onChange={(kinds) => onChange({ accept: kinds.length === 0 ? null : kinds.map((kind) => kind.toLowerCase()) })}
      />
      <NumberProperty
        label="Largest size in MiB"
        description="10 MiB if left empty."
        value={size === null ? null : Number((size / bytesPerMiB).toFixed(4))}
        error={messages.maxSizeBytes}
        onChange={(given) => onChange({ maxSizeBytes: given === null ? null : Math.round(given * bytesPerMiB) })}
      />
    </Part>
  );
}
