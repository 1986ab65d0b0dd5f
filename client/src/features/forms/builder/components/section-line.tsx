import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Box, Text } from "@mantine/core";

import classes from "@/features/forms/builder/components/builder.module.css";
import type { LineState } from "@/features/forms/builder/components/line-name";
import { LineName } from "@/features/forms/builder/components/line-name";
import { MoveButtons } from "@/features/forms/builder/components/move-buttons";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import type { DraftSection } from "@/features/forms/builder/model/draft";
import { sectionTitle } from "@/features/forms/builder/model/draft";
import { sectionId } from "@/features/forms/builder/model/lines";

interface SectionLineProps extends LineState {
  section: DraftSection;
  isFirst: boolean;
  isLast: boolean;
  edit: Builder["edit"];
}

/** A section's heading in the list; it moves with its fields. */
export function SectionLine({ section, isFirst, isLast, edit, ...state }: SectionLineProps) {
  const id = sectionId(section.name);
  // Fields can be dropped around it, and it is not dragged itself.
  const { setNodeRef, transform, transition } = useSortable({ id, disabled: { draggable: true } });
  return (
    <Box
      component="li"
      ref={setNodeRef}
      className={`${classes.line} ${classes.section}`}
      data-selected={state.isSelected || undefined}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      <LineName id={id} {...state}>
        <Text size="sm" fw={600} truncate title={sectionTitle(section)}>
          {sectionTitle(section)}
        </Text>
      </LineName>
      <MoveButtons
        what={`section “${sectionTitle(section)}”`}
        isFirst={isFirst}
        isLast={isLast}
        onMove={(by) => edit({ type: "moveSection", name: section.name, by })}
      />
    </Box>
  );
}
