import { Group, Select } from "@mantine/core";

import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import { sectionTitle } from "@/features/forms/builder/model/draft";
import { fieldTypes, paletteTypes } from "@/features/forms/builder/model/field-types";
import { sectionsOf } from "@/features/forms/builder/model/lines";

const typeChoices = paletteTypes.map((value) => ({ value, label: fieldTypes[value].label }));

/** What kind of field it is, and in which section. */
export function FieldPlacing({ field }: { field: DraftField }) {
  const { draft, edit } = useBuilderContext();
  const messages = useMessages(field.key);
  const sections = sectionsOf(draft);
  return (
    <Group gap="sm" grow align="flex-start">
      <Select
        label="Type"
        allowDeselect={false}
        error={messages.type}
        data={typeChoices}
        value={field.type}
        onChange={(type) =>
          type !== null && edit({ type: "changeType", key: field.key, fieldType: type })
        }
      />
      {sections.length > 0 && (
        <Select
          label="Section"
          error={messages.section}
          placeholder="None"
          clearable
          clearButtonProps={{ "aria-label": "Take the field out of its section" }}
          data={sections.map((section) => ({ value: section.name, label: sectionTitle(section) }))}
          value={field.section}
          onChange={(section) => edit({ type: "moveToSection", key: field.key, section })}
        />
      )}
    </Group>
  );
}
