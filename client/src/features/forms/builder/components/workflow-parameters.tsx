import { Button, Group, List, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconMinus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";

import type { WorkflowMetadata } from "@/api/generated/workflow-engine/types.gen";
import { generateFieldsMutation } from "@/features/forms/builder/api";
import { Part } from "@/features/forms/builder/components/part";
import { useBuilderContext } from "@/features/forms/builder/hooks/builder-context";
import { toDraft } from "@/features/forms/builder/model/convert";
import { hasValue } from "@/features/forms/builder/model/field-types";
import { ErrorNotice } from "@/shared/ui/error-notice";

interface WorkflowParametersProps {
  workflow: WorkflowMetadata;
  organizationId: string;
}

const marks = {
  filled: { icon: IconCheck, color: "petrol", words: "has a field" },
  needed: { icon: IconAlertTriangle, color: "red.8", words: "needed, and no field fills it" },
  open: { icon: IconMinus, color: "gray", words: "no field" },
};

/** The workflow's parameters, and which of them no field fills. */
export function WorkflowParameters({ workflow, organizationId }: WorkflowParametersProps) {
  const { draft, edit } = useBuilderContext();
  const generate = useMutation(generateFieldsMutation(organizationId));
  const filled = new Set(draft.fields.filter(({ type }) => hasValue(type)).map(({ name }) => name));
  const parameters = workflow.parameters ?? [];
  const missing = parameters.filter(({ name }) => !filled.has(name)).length;
  const add = () =>
    generate.mutate(workflow.name, {
      onSuccess: (made) => edit({ type: "addMissing", from: toDraft(made) }),
    });
  return (
    <Part title="Parameters of the workflow">
      {parameters.length === 0 && <Text size="sm">The workflow takes none: a form without fields is enough.</Text>}
      <List listStyleType="none" spacing={6} size="sm">
        {parameters.map(({ name, label, required }) => {
          const mark = marks[filled.has(name) ? "filled" : required ? "needed" : "open"];
          return (
            <List.Item
              key={name}
              icon={
                <ThemeIcon size={20} radius="xl" variant="light" color={mark.color} aria-hidden>
                  <mark.icon size={14} />
                </ThemeIcon>
              }
            >
              {label || name}{" "}
              <Text span size="sm" c="dimmed">
                ({name}): {mark.words}
              </Text>
            </List.Item>
          );
        })}
      </List>
      {missing > 0 && (
        <Group>
          <Button variant="default" size="xs" loading={generate.isPending} onClick={add}>
            {missing === 1 ? "Add the missing field" : `Add the ${missing} missing fields`}
          </Button>
        </Group>
      )}
      {generate.isError && <ErrorNotice error={generate.error} title="The fields could not be made." />}
    </Part>
  );
}
