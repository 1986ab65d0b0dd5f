import type { Announcements, CollisionDetection, DragEndEvent, UniqueIdentifier } from "@dnd-kit/core";
import { closestCenter, KeyboardSensor, PointerSensor, pointerWithin, useSensor, useSensors } from "@dnd-kit/core";
import { sortableKeyboardCoordinates } from "@dnd-kit/sortable";

import type { FieldType } from "@/api/generated/management-api/types.gen";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import { called, sectionTitle } from "@/features/forms/builder/model/draft";
import { fieldTypes } from "@/features/forms/builder/model/field-types";
import { applyEdit } from "@/features/forms/builder/model/edits";
import type { Edit } from "@/features/forms/builder/model/edits";
import type { Line } from "@/features/forms/builder/model/lines";
import { linesOf } from "@/features/forms/builder/model/lines";

/** Below the last line. */
export const endOfList = "end-of-list";
export const paletteId = "palette:";

// Options that were made anew would make every line render.
const byPointer = { activationConstraint: { distance: 6 } };
const byKeys = { coordinateGetter: sortableKeyboardCoordinates };

function newType(id: UniqueIdentifier): FieldType | null {
  const text = String(id);
  return text.startsWith(paletteId) ? (text.slice(paletteId.length) as FieldType) : null;
}

/** A new field goes where the pointer is, or nowhere; one of the list to the nearest place. */
const whereTo: CollisionDetection = (args) =>
  newType(args.active.id) === null ? closestCenter(args) : pointerWithin(args);

/** What dropping one over another does. */
function dropped(lines: readonly Line[], active: UniqueIdentifier, over: UniqueIdentifier): Edit {
  const position = lines.findIndex(({ id }) => id === over);
  const fieldType = newType(active);
  return fieldType === null
    ? { type: "moveField", key: String(active), to: position < 0 ? lines.length - 1 : position }
    : { type: "addField", fieldType, at: position < 0 ? lines.length : position };
}

function wordsFor({ draft }: Pick<Builder, "draft">): Announcements {
  const lines = linesOf(draft);
  const what = (id: UniqueIdentifier) => {
    const type = newType(id);
    const line = lines.find((one) => one.id === id);
    if (type !== null) {
      return `New field “${fieldTypes[type].label}”`;
    }
    return line?.kind === "field"
      ? `“${called(line.field)}”`
      : line === undefined
        ? "The field"
        : `Section “${sectionTitle(line.section)}”`;
  };
  const place = (id: UniqueIdentifier) => {
    const position = lines.findIndex((one) => one.id === id);
    return position < 0 ? "the end" : `line ${position + 1} of ${lines.length}`;
  };
  return {
    onDragStart: ({ active }) => `${what(active.id)} picked up at ${place(active.id)}.`,
    onDragOver: ({ active, over }) =>
      over === null ? `${what(active.id)} is over no place.` : `${what(active.id)} is over ${place(over.id)}.`,
    onDragEnd: ({ active, over }) => {
      if (over === null) {
        return `${what(active.id)} dropped at no place; nothing changed.`;
      }
      const edited = applyEdit(draft, dropped(lines, active.id, over.id));
      return "refusal" in edited
        ? `${what(active.id)} went back: ${edited.refusal}`
        : `${what(active.id)} dropped at ${place(over.id)}.`;
    },
    onDragCancel: ({ active }) => `${what(active.id)} went back to ${place(active.id)}.`,
  };
}

/** How fields are dragged, by pointer and by keys, and what is said meanwhile. */
export function useDragging(builder: Pick<Builder, "draft" | "edit">) {
  const sensors = useSensors(
    useSensor(PointerSensor, byPointer),
    useSensor(KeyboardSensor, byKeys),
  );
  return {
    sensors,
    collisionDetection: whereTo,
    accessibility: {
      announcements: wordsFor(builder),
      screenReaderInstructions: {
        draggable:
          "Press Space to pick the field up, the arrow keys to move it, Space to drop it, Escape to put it back.",
      },
    },
    onDragEnd: ({ active, over }: DragEndEvent) => {
      if (over !== null && over.id !== active.id) {
        builder.edit(dropped(linesOf(builder.draft), active.id, over.id));
      }
    },
  };
}
