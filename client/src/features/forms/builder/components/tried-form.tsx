import { Button, Group, Stack, Text } from "@mantine/core";
import { memo, useMemo } from "react";
import { FormProvider } from "react-hook-form";

import type { TriedValues } from "@/features/forms/builder/hooks/use-preview";
import { usePreview } from "@/features/forms/builder/hooks/use-preview";
import { useSame } from "@/features/forms/builder/hooks/use-same";
import { FormFields } from "@/features/forms/components/form-fields";
import { FormScopeContext } from "@/features/forms/hooks/form-scope";
import type { FormDefinition } from "@/features/forms/model/fields";
import { optionSources } from "@/features/forms/model/option-source";

interface TriedFormProps {
  form: FormDefinition;
  formId: string;
  organizationId: string;
  tried: TriedValues;
}

/** The form to fill in and check, never to run. */
export const TriedForm = memo(function TriedForm({ form, formId, organizationId, tried }: TriedFormProps) {
  const methods = usePreview(form, tried);
  const { fields } = form;
  // Of the fields those alone that options depend on, so that typing at another renders no list of options.
  const sources = useSame(optionSources(fields));
  const scope = useMemo(() => ({ formId, organizationId, fields: sources }), [formId, organizationId, sources]);
  const { isSubmitted, errors } = methods.formState;
  const wrong = Object.keys(errors).length;
  const check = methods.handleSubmit(() => undefined);
  return (
    <FormProvider {...methods}>
      <FormScopeContext value={scope}>
        <form
          noValidate
          aria-label="Preview of the form"
          onSubmit={(event) => void check(event)}
        >
          <Stack gap="lg">
            <FormFields form={form} />
            <Group gap="sm">
              <Button type="submit" variant="default" size="xs">
                Check what is typed
              </Button>
              <Text size="sm" c="dimmed" role="status">
                {isSubmitted && (wrong === 0 ? "It could be run." : `${wrong} ${wrong === 1 ? "field" : "fields"} to mend.`)}
              </Text>
            </Group>
          </Stack>
        </form>
      </FormScopeContext>
    </FormProvider>
  );
});
