import { Badge, Box, Group, Stack, Text, Title } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import type { ReactNode } from "react";
import { memo, useDeferredValue, useMemo, useState } from "react";

import classes from "@/features/forms/builder/components/builder.module.css";
import { StillSelect } from "@/features/forms/builder/components/still-select";
import { TriedForm } from "@/features/forms/builder/components/tried-form";
import { inputsKey, Previews, TriedValues } from "@/features/forms/builder/hooks/use-preview";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import type { FormDefinition } from "@/features/forms/model/fields";

export interface Viewers {
  choices: { value: string; label: string }[];
  chosen: string;
  choose: (viewer: string) => void;
  /** What this person would not see, or would see otherwise; null when they see the form. */
  notice: ReactNode;
  /** Whether they see the form at all. */
  isShown: boolean;
}

interface PreviewProps {
  draft: FormDraft;
  /** The form that is saved; options of providers are asked for it. */
  formId: string;
  organization: { id: string; name: string };
  viewers: Viewers;
}

const StillTitle = memo(Title);

const FormHead = memo(function FormHead({ name, description, isActive }: Pick<FormDefinition, "name" | "description" | "isActive">) {
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text fw={650} size="lg">
          {name || "Form without a name"}
        </Text>
        {!isActive && <Badge color="gray">Inactive</Badge>}
      </Group>
      {description && <Text c="dimmed">{description}</Text>}
    </Stack>
  );
});

/** The form as people will see it, with real options; nothing is run from here. */
export function Preview({ draft, formId, organization, viewers }: PreviewProps) {
  const choose = useCallbackRef((viewer: string | null) => viewer !== null && viewers.choose(viewer));
  const [tried] = useState(() => new TriedValues());
  // Typing in the properties goes first; the preview follows.
  const shown = useDeferredValue(draft);
  const [previews] = useState(() => new Previews());
  const form = useMemo(() => previews.of(shown), [previews, shown]);
  return (
    <>
      <div className={classes.head}>
        <StillTitle order={2}>Preview</StillTitle>
        <StillSelect
          size="xs"
          w={190}
          aria-label="Preview as"
          allowDeselect={false}
          data={viewers.choices}
          value={viewers.chosen}
          onChange={choose}
        />
      </div>
      <Box className={classes.body} data-own-undo>
        <Stack gap="lg">
          {viewers.notice}
          {viewers.isShown && (
            <>
              <FormHead name={form.name} description={form.description} isActive={shown.isActive} />
              {form.fields.length === 0 ? (
                <Text size="sm" c="dimmed">
                  The form has no fields yet.
                </Text>
              ) : (
                <TriedForm
                  key={inputsKey(form)}
                  form={form}
                  formId={formId}
                  organizationId={organization.id}
                  tried={tried}
                />
              )}
            </>
          )}
        </Stack>
      </Box>
    </>
  );
}
