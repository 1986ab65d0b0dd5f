import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { ActionIcon, Box, Text, VisuallyHidden } from "@mantine/core";
import { IconGripVertical } from "@tabler/icons-react";
import { memo } from "react";

import classes from "@/features/forms/builder/components/builder.module.css";
import type { LineState } from "@/features/forms/builder/components/line-name";
import { LineName } from "@/features/forms/builder/components/line-name";
import { MoveButtons } from "@/features/forms/builder/components/move-buttons";
import { typeIcons } from "@/features/forms/builder/components/palette";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import { called } from "@/features/forms/builder/model/draft";
import { fieldTypes } from "@/features/forms/builder/model/field-types";

interface FieldLineProps extends LineState {
  field: DraftField;
  /** Where the line stands among all. */
  position: number;
  isLast: boolean;
  edit: Builder["edit"];
}

/**
 * A field in the list: drag it by its handle or move it by the buttons; its name shows its properties.
 *
 * It takes all it shows as properties, so that of many lines only those render that change.
 */
export const FieldLine = memo(function FieldLine({ field, position, isLast, edit, ...state }: FieldLineProps) {
  const { setNodeRef, setActivatorNodeRef, attributes, listeners, transform, transition, isDragging } = useSortable({
    id: field.key,
  });
  const Icon = typeIcons[field.type];
  return (
    <Box
      component="li"
      ref={setNodeRef}
      className={classes.line}
      data-selected={state.isSelected || undefined}
      data-dragging={isDragging || undefined}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      <ActionIcon
        ref={setActivatorNodeRef}
        variant="subtle"
        color="gray"
        className={classes.handle}
        {...attributes}
        {...listeners}
        aria-label={`Drag “${called(field)}”`}
      >
        <IconGripVertical size={16} aria-hidden />
      </ActionIcon>
      <Icon size={16} aria-label={fieldTypes[field.type].label} role="img" />
      <LineName id={field.key} {...state}>
        <Text size="sm" truncate title={called(field)}>
          {called(field)}
          {field.required && (
            <>
              <Text span c="var(--mantine-color-error)" aria-hidden>
                {" *"}
              </Text>
              <VisuallyHidden>, required</VisuallyHidden>
            </>
          )}
        </Text>
      </LineName>
      <MoveButtons
        what={`“${called(field)}”`}
        isFirst={position === 0}
        isLast={isLast}
        onMove={(by) => edit({ type: "moveField", key: field.key, to: position + by })}
      />
    </Box>
  );
});
