import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Box, Text } from "@mantine/core";
import { memo } from "react";

import classes from "@/features/forms/builder/components/builder.module.css";
import type { LineState } from "@/features/forms/builder/components/line-name";
import { LineName } from "@/features/forms/builder/components/line-name";
import { MoveButtons } from "@/features/forms/builder/components/move-buttons";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import { sectionId } from "@/features/forms/builder/model/lines";

interface SectionLineProps extends LineState {
  name: string;
  title: string;
  isFirst: boolean;
  isLast: boolean;
  edit: Builder["edit"];
}

/**
 * A section's heading in the list; it moves with its fields.
 *
 * It takes all it shows as properties, as a field's line does.
 */
export const SectionLine = memo(function SectionLine({ name, title, isFirst, isLast, edit, ...state }: SectionLineProps) {
  const id = sectionId(name);
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
        <Text size="sm" fw={600} truncate title={title}>
          {title}
        </Text>
      </LineName>
      <MoveButtons
        what={`section “${title}”`}
        isFirst={isFirst}
        isLast={isLast}
        onMove={(by) => edit({ type: "moveSection", name, by })}
      />
    </Box>
  );
});
