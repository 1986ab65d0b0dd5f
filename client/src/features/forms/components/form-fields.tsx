import { Stack, Text, Title } from "@mantine/core";
import { memo, useId } from "react";
import { useFormContext, useWatch } from "react-hook-form";

import { FieldView } from "@/features/forms/components/field-view";
import { FieldControlContext } from "@/features/forms/hooks/field-control";
import type { FieldGroup, RunnableForm } from "@/features/forms/model/fields";
import { groupBySection } from "@/features/forms/model/fields";
import type { FormValues } from "@/features/forms/model/values";
import { visibilitySources, visibleFields } from "@/features/forms/model/visibility";

interface FormSectionProps {
  section: FieldGroup["section"];
  fields: FieldGroup["fields"];
}

function isSameSection(one: FormSectionProps, other: FormSectionProps): boolean {
  return (
    one.section === other.section &&
    one.fields.length === other.fields.length &&
    one.fields.every((field, position) => field === other.fields[position])
  );
}

const FormSection = memo(function FormSection({ section, fields }: FormSectionProps) {
  const id = useId();
  const inputs = fields.map((field) => <FieldView key={field.name} field={field} />);
  if (section === null) {
    return <Stack gap="md">{inputs}</Stack>;
  }
  return (
    <Stack gap="md" component="section" aria-labelledby={id}>
      <Stack gap={2}>
        <Title order={2} id={id}>
          {section.title}
        </Title>
        {section.description !== null && (
          <Text size="sm" c="dimmed">
            {section.description}
          </Text>
        )}
      </Stack>
      {inputs}
    </Stack>
  );
}, isSameSection);

/** The fields that show now, under their sections. */
export function FormFields({ form }: { form: RunnableForm }) {
  const { control, getValues } = useFormContext<FormValues>();
  const sources = visibilitySources(form.fields);
  // Renders again only when a field changes that others depend on.
  useWatch({ control, name: sources, disabled: sources.length === 0 });
  const shown = visibleFields(form.fields, getValues());
  return (
    <FieldControlContext value={control}>
      <Stack gap="xl">
        {groupBySection({ sections: form.sections, fields: shown }).map((group) => (
          <FormSection key={group.section?.name ?? ""} {...group} />
        ))}
      </Stack>
    </FieldControlContext>
  );
}
