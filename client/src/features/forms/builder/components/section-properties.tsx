import { Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";

import { Part } from "@/features/forms/builder/components/part";
import { TextProperty } from "@/features/forms/builder/components/property";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftSection } from "@/features/forms/builder/model/draft";
import { sectionId, sectionsOf } from "@/features/forms/builder/model/lines";

/** A section's heading, its place, and its end. */
export function SectionProperties({ section }: { section: DraftSection }) {
  const { draft, edit } = useBuilderContext();
  const messages = useMessages(sectionId(section.name));
  const { name } = section;
  const sections = sectionsOf(draft);
  const position = sections.findIndex((one) => one.name === name);
  return (
    <Part title="Section">
      <TextProperty
        label="Heading"
        placeholder={name}
        value={section.title}
        error={messages.title ?? messages.name}
        onChange={(title) => edit({ type: "changeSection", name, change: { title: title ?? "" } })}
      />
      <TextProperty
        label="Description"
        description="Shown below the heading."
        lines
        value={section.description}
        error={messages.description}
        onChange={(description) => edit({ type: "changeSection", name, change: { description } })}
      />
      <Stack gap="xs">
        <Group gap="xs">
          <Button
            variant="default"
            size="xs"
            leftSection={<IconArrowUp size={14} aria-hidden />}
            disabled={position === 0}
            onClick={() => edit({ type: "moveSection", name, by: -1 })}
          >
            Move up
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconArrowDown size={14} aria-hidden />}
            disabled={position === sections.length - 1}
            onClick={() => edit({ type: "moveSection", name, by: 1 })}
          >
            Move down
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconTrash size={14} aria-hidden />}
            onClick={() => edit({ type: "removeSection", name })}
          >
            Delete the section
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          A section moves with its fields. Deleting it keeps them: they join the section before it.
        </Text>
      </Stack>
    </Part>
  );
}
