import { Button, Group } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { memo, useState } from "react";

import { RemoveFieldDialog } from "@/features/forms/builder/components/remove-field-dialog";
import { useBuilderContext } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import { dependentsOf } from "@/features/forms/builder/model/references";

const Buttons = memo(function Buttons({ onCopy, onDelete }: { onCopy: () => void; onDelete: () => void }) {
  return (
    <>
      <Button variant="default" size="xs" leftSection={<IconCopy size={14} aria-hidden />} onClick={onCopy}>
        Copy the field
      </Button>
      <Button variant="default" size="xs" leftSection={<IconTrash size={14} aria-hidden />} onClick={onDelete}>
        Delete the field
      </Button>
    </>
  );
});

/** Copies the field, or deletes it; asks first where others depend on it. */
export function FieldActions({ field }: { field: DraftField }) {
  const { draft, edit } = useBuilderContext();
  const [isAsking, setAsking] = useState(false);
  const dependents = dependentsOf(draft.fields, field.key);
  const remove = () => edit({ type: "removeField", key: field.key });
  const copy = useCallbackRef(() => edit({ type: "copyField", key: field.key }));
  const askOrRemove = useCallbackRef(() => (dependents.length > 0 ? setAsking(true) : remove()));
  return (
    <Group gap="xs">
      <Buttons onCopy={copy} onDelete={askOrRemove} />
      {isAsking && (
        <RemoveFieldDialog field={field} dependents={dependents} onConfirm={remove} onClose={() => setAsking(false)} />
      )}
    </Group>
  );
}
