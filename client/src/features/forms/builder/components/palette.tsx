import { useDraggable } from "@dnd-kit/core";
import { CSS } from "@dnd-kit/utilities";
import { Button, SimpleGrid } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import {
  IconAlignLeft,
  IconAt,
  IconCalendar,
  IconCalendarClock,
  IconCheckbox,
  IconChevronDown,
  IconCircleDot,
  IconForms,
  IconInfoCircle,
  IconListCheck,
  IconNumber123,
  IconPaperclip,
} from "@tabler/icons-react";
import { memo } from "react";

import type { FieldType } from "@/api/generated/management-api/types.gen";
import classes from "@/features/forms/builder/components/builder.module.css";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import { paletteId } from "@/features/forms/builder/hooks/use-dragging";
import { fieldTypes, paletteTypes } from "@/features/forms/builder/model/field-types";
import { linesOf } from "@/features/forms/builder/model/lines";

export const typeIcons: Record<FieldType, typeof IconForms> = {
  text: IconForms,
  textarea: IconAlignLeft,
  email: IconAt,
  number: IconNumber123,
  select: IconChevronDown,
  multiselect: IconListCheck,
  radio: IconCircleDot,
  checkbox: IconCheckbox,
  date: IconCalendar,
  datetime: IconCalendarClock,
  file: IconPaperclip,
  markdown: IconInfoCircle,
};

interface PaletteItemProps {
  type: FieldType;
  onAdd: (type: FieldType) => void;
}

const PaletteItem = memo(function PaletteItem({ type, onAdd }: PaletteItemProps) {
  const { setNodeRef, listeners, transform, isDragging } = useDraggable({ id: `${paletteId}${type}` });
  const Icon = typeIcons[type];
  return (
    <Button
      ref={setNodeRef}
      variant="default"
      size="compact-xs"
      justify="flex-start"
      className={classes.paletteItem}
      data-dragging={isDragging || undefined}
      style={{ transform: CSS.Translate.toString(transform) }}
      leftSection={<Icon size={16} aria-hidden />}
      // Only the mouse drags from here: with the keyboard, Enter adds.
      onPointerDown={listeners?.onPointerDown as React.PointerEventHandler | undefined}
      onClick={() => onAdd(type)}
    >
      {fieldTypes[type].label}
    </Button>
  );
});

const PaletteItems = memo(function PaletteItems({ onAdd }: Pick<PaletteItemProps, "onAdd">) {
  return (
    <SimpleGrid cols={2} spacing={6} verticalSpacing={6} role="group" aria-label="Add a field">
      {paletteTypes.map((type) => (
        <PaletteItem key={type} type={type} onAdd={onAdd} />
      ))}
    </SimpleGrid>
  );
});

/** The types of fields: a click adds one below what is selected, dragging puts it in its place. */
export function Palette({ builder: { draft, edit, selected } }: { builder: Pick<Builder, "draft" | "edit" | "selected"> }) {
  const add = useCallbackRef((fieldType: FieldType) => {
    const lines = linesOf(draft);
    const position = lines.findIndex(({ id }) => id === selected);
    edit({ type: "addField", fieldType, at: position < 0 ? lines.length : position + 1 });
  });
  return <PaletteItems onAdd={add} />;
}
