import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { ActionIcon, Box, Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconArrowDown, IconArrowUp, IconGripVertical } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { memo } from "react";

import classes from "@/features/forms/builder/components/builder.module.css";
import { typeIcons } from "@/features/forms/builder/components/palette";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField, DraftSection } from "@/features/forms/builder/model/draft";
import { called, sectionTitle } from "@/features/forms/builder/model/draft";
import { fieldTypes } from "@/features/forms/builder/model/field-types";
import { sectionId } from "@/features/forms/builder/model/lines";

/** What every line shows besides itself. */
export interface LineState {
  isSelected: boolean;
  problemCount: number;
  select: Builder["select"];
}

interface LineNameProps extends LineState {
  id: string;
  children: ReactNode;
}

/** The part of a line that shows its properties when pressed. */
export function LineName({ id, isSelected, problemCount, select, children }: LineNameProps) {
  return (
    <>
      <UnstyledButton className={classes.name} aria-current={isSelected ? "true" : undefined} onClick={() => select(id)}>
        {children}
      </UnstyledButton>
      {problemCount > 0 && (
        <Text span c="var(--mantine-color-error)" lh={0} px={2}>
          <IconAlertTriangle
            size={16}
            role="img"
            aria-label={problemCount === 1 ? "Has a problem" : `Has ${problemCount} problems`}
          />
        </Text>
      )}
    </>
  );
}

interface MoveButtonsProps {
  what: string;
  isFirst: boolean;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
}

function MoveButtons({ what, isFirst, isLast, onMove }: MoveButtonsProps) {
  return (
    <>
      <ActionIcon variant="subtle" aria-label={`Move ${what} up`} aria-disabled={isFirst} onClick={() => onMove(-1)}>
        <IconArrowUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="subtle" aria-label={`Move ${what} down`} aria-disabled={isLast} onClick={() => onMove(1)}>
        <IconArrowDown size={16} aria-hidden />
      </ActionIcon>
    </>
  );
}

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
        <Text size="sm" truncate>
          {called(field)}
          {field.required && (
            <Text span c="var(--mantine-color-error)" aria-label="required">
              {" *"}
            </Text>
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
        <Text size="sm" fw={600} truncate>
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
