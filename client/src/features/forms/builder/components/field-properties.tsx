import { Stack, Text } from "@mantine/core";

import { ChoicesPart } from "@/features/forms/builder/components/choices-part";
import { ConditionPart } from "@/features/forms/builder/components/condition-part";
import { FieldActions } from "@/features/forms/builder/components/field-actions";
import { FieldGeneral } from "@/features/forms/builder/components/field-general";
import { FieldWords } from "@/features/forms/builder/components/field-words";
import { FilePart } from "@/features/forms/builder/components/file-part";
import { RulesPart } from "@/features/forms/builder/components/rules-part";
import { useBuilderContext } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";
import { isChoice } from "@/features/forms/builder/model/field-types";

/** Everything that can be set for a field of its type. */
export function FieldProperties({ field }: { field: DraftField }) {
  const { edit } = useBuilderContext();
  const onChange = (change: FieldChange) => edit({ type: "changeField", key: field.key, change });
  return (
    <Stack gap="lg">
      <FieldGeneral field={field} onChange={onChange} />
      {isChoice(field.type) && <ChoicesPart field={field} onChange={onChange} />}
      {field.type === "file" && <FilePart field={field} onChange={onChange} />}
      <FieldWords field={field} onChange={onChange} />
      <RulesPart field={field} onChange={(validation) => onChange({ validation })} />
      <ConditionPart field={field} onChange={(visibleWhen) => onChange({ visibleWhen })} />
      <FieldActions field={field} />
      <Text size="xs" c="dimmed">
        A deleted field comes back with Undo (Ctrl+Z).
      </Text>
    </Stack>
  );
}
