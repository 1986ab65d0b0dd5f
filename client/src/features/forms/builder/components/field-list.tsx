import { useDroppable } from "@dnd-kit/core";
import { SortableContext, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { Box, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { memo } from "react";

import classes from "@/features/forms/builder/components/builder.module.css";
import { FieldLine } from "@/features/forms/builder/components/field-line";
import type { LineState } from "@/features/forms/builder/components/line-name";
import { LineName } from "@/features/forms/builder/components/line-name";
import { SectionLine } from "@/features/forms/builder/components/section-line";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import { endOfList } from "@/features/forms/builder/hooks/use-dragging";
import { useSame } from "@/features/forms/builder/hooks/use-same";
import { sectionTitle } from "@/features/forms/builder/model/draft";
import { linesOf, sectionsOf } from "@/features/forms/builder/model/lines";
import { formOwner } from "@/features/forms/builder/model/problems";

const EndOfList = memo(function EndOfList({ isEmpty }: { isEmpty: boolean }) {
  const { setNodeRef, isOver } = useDroppable({ id: endOfList });
  return (
    <Box ref={setNodeRef} className={classes.end} data-over={isOver || undefined}>
      {isEmpty && (
        <Text size="sm" c="dimmed">
          No fields yet. Choose a type above, or drag it here.
        </Text>
      )}
    </Box>
  );
});

const FormLine = memo(function FormLine(state: LineState) {
  return (
    <Box className={classes.line} data-selected={state.isSelected || undefined}>
      <LineName id={formOwner} {...state}>
        <Text size="sm" fw={600} px={4}>
          Form settings
        </Text>
      </LineName>
    </Box>
  );
});

const AddSection = memo(function AddSection({ count, edit }: { count: number } & Pick<Builder, "edit">) {
  return (
    <Group>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => edit({ type: "addSection", title: `Section ${count + 1}` })}
      >
        Add a section
      </Button>
    </Group>
  );
});

/** The form, its sections and its fields in their order. */
export function FieldList({ builder: { draft, edit, selected, select, problems } }: { builder: Builder }) {
  const lines = linesOf(draft);
  const sections = sectionsOf(draft);
  const ids = useSame(lines.map(({ id }) => id));
  const stateOf = (id: string): LineState => ({
    isSelected: selected === id,
    problemCount: Object.keys(problems[id] ?? {}).length,
    select,
  });
  return (
    <Stack gap={2}>
      <FormLine {...stateOf(formOwner)} />
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <ol className={classes.list} aria-label="Fields">
          {lines.map((line, position) =>
            line.kind === "field" ? (
              <FieldLine
                key={line.id}
                field={line.field}
                position={position}
                isLast={position === lines.length - 1}
                edit={edit}
                {...stateOf(line.id)}
              />
            ) : (
              <SectionLine
                key={line.id}
                name={line.section.name}
                title={sectionTitle(line.section)}
                isFirst={line.section.name === sections[0]?.name}
                isLast={line.section.name === sections.at(-1)?.name}
                edit={edit}
                {...stateOf(line.id)}
              />
            ),
          )}
        </ol>
      </SortableContext>
      <EndOfList isEmpty={draft.fields.length === 0} />
      <AddSection count={sections.length} edit={edit} />
    </Stack>
  );
}
