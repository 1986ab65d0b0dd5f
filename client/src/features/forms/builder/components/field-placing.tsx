import { Group } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";

import type { FieldType } from "@/api/generated/management-api/types.gen";
import { StillSelect } from "@/features/forms/builder/components/still-select";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import { useSame } from "@/features/forms/builder/hooks/use-same";
import type { DraftField } from "@/features/forms/builder/model/draft";
import { sectionTitle } from "@/features/forms/builder/model/draft";
import { fieldTypes, paletteTypes } from "@/features/forms/builder/model/field-types";
import { sectionsOf } from "@/features/forms/builder/model/lines";

const clearSection = { "aria-label": "Take the field out of its section" };
const typeChoices = paletteTypes.map((value) => ({ value, label: fieldTypes[value].label }));

/** What kind of field it is, and in which section. */
export function FieldPlacing({ field }: { field: DraftField }) {
  const { draft, edit } = useBuilderContext();
  const messages = useMessages(field.key);
  const sections = sectionsOf(draft);
  const sectionChoices = useSame(sections.map((one) => ({ value: one.name, label: sectionTitle(one) })));
  const changeType = useCallbackRef((type: string | null) => {
    if (type !== null) {
      edit({ type: "changeType", key: field.key, fieldType: type as FieldType });
    }
  });
  const changeSection = useCallbackRef((section: string | null) =>
    edit({ type: "moveToSection", key: field.key, section }),
  );
  return (
    <Group gap="sm" grow align="flex-start">
      <StillSelect
        label="Type"
        allowDeselect={false}
        error={messages.type}
        data={typeChoices}
        value={field.type}
        onChange={changeType}
      />
      {sections.length > 0 && (
        <StillSelect
          label="Section"
          error={messages.section}
          placeholder="None"
          clearable
          clearButtonProps={clearSection}
          data={sectionChoices}
          value={field.section}
          onChange={changeSection}
        />
      )}
    </Group>
  );
}
