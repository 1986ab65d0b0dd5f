import { Button, Checkbox, Group, List, Stack, Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useMemo } from "react";
import { FormProvider } from "react-hook-form";

import { FormFields } from "@/features/forms/components/form-fields";
import { FormScopeContext } from "@/features/forms/hooks/form-scope";
import type { FormRun } from "@/features/forms/hooks/use-form-run";
import { useRunForm } from "@/features/forms/hooks/use-run-form";
import type { RunnableForm } from "@/features/forms/model/fields";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Notice } from "@/shared/ui/notice";
import { UnsavedGuard } from "@/shared/ui/unsaved-guard";

interface RunFormProps {
  form: RunnableForm;
  organization: { id: string; name: string };
  run: FormRun;
  /** Input of an earlier run. */
  prefill?: Record<string, unknown>;
  /** Why it cannot be run now. */
  refusal?: string | null;
  /** Tells of the background, and lets choose it: for those who know what that is. */
  showBackground?: boolean;
}

function hint(organizationName: string, hasRun: boolean, wrong: number): string {
  if (wrong > 0) {
    return `${wrong} ${wrong === 1 ? "field needs" : "fields need"} your attention.`;
  }
  return hasRun ? "This input has been run. Change something, or choose “Run again”." : `Runs for ${organizationName}.`;
}

interface BackgroundProps {
  /** The form itself says so. */
  isFixed: boolean;
  isChosen: boolean;
  onChoose: (inBackground: boolean) => void;
}

function Background({ isFixed, isChosen, onChoose }: BackgroundProps) {
  return isFixed ? (
    <Text size="sm" c="dimmed">
      Runs in the background: once you have sent it, you may leave. Its execution tells how it is.
    </Text>
  ) : (
    <Checkbox
      size="sm"
      label="Run in the background"
      description="For long runs: it goes on when you leave, and its execution tells how it is."
      checked={isChosen}
      onChange={(event) => onChoose(event.currentTarget.checked)}
    />
  );
}

/** A form to fill in and run. Whatever goes wrong, what was typed stays. */
export function RunForm({
  form,
  organization,
  run,
  prefill,
  refusal = null,
  showBackground = true,
}: RunFormProps) {
  const { methods, strayErrors, inBackground, setInBackground, onSubmit } = useRunForm(form, run, prefill);
  const { errors, isDirty, submitCount } = methods.formState;
  const { id: formId, fields } = form;
  const { id: organizationId } = organization;
  const scope = useMemo(() => ({ formId, organizationId, fields }), [formId, organizationId, fields]);
  const needsSomething = form.fields.some((field) => field.required);

  return (
    <FormProvider {...methods}>
      <FormScopeContext value={scope}>
        <form noValidate onSubmit={(event) => void onSubmit(event)} aria-label={form.name}>
          <Stack gap="lg">
            {needsSomething && (
              <Text size="sm" c="dimmed">
                Fields marked with * are required.
              </Text>
            )}
            <FormFields form={form} />
            {run.error !== null && Object.keys(run.error.fields).length === 0 && (
              <ErrorNotice error={run.error} title="The form could not be run." kept="What you typed is kept." />
            )}
            {strayErrors.length > 0 && (
              <Notice tone="failure" title="The form could not be run. What you typed is kept." announce="alert">
                <List size="sm">
                  {strayErrors.map((message) => (
                    <List.Item key={message}>{message}</List.Item>
                  ))}
                </List>
              </Notice>
            )}
            {showBackground && (
              <Background isFixed={form.runInBackground} isChosen={inBackground} onChoose={setInBackground} />
            )}
            <Group gap="md">
              <Button
                type="submit"
                loading={run.isPending}
                disabled={run.hasRun || refusal !== null}
                // Leaving a field may show its message, which moves this button away under the pointer: keep the
                // field until the click is done.
                onMouseDown={(event) => event.preventDefault()}
                leftSection={<IconPlayerPlay size={16} aria-hidden />}
              >
                Run
              </Button>
              <Text size="sm" c="dimmed" role="status">
                {refusal ?? hint(organization.name, run.hasRun, submitCount > 0 ? Object.keys(errors).length : 0)}
              </Text>
            </Group>
          </Stack>
        </form>
        <UnsavedGuard isActive={isDirty && !run.hasRun} />
      </FormScopeContext>
    </FormProvider>
  );
}
