import { Button, Group } from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { RemoveFieldDialog } from "@/features/forms/builder/components/remove-field-dialog";
import { useBuilderContext } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import { dependentsOf } from "@/features/forms/builder/model/references";

/** Copies the field, or deletes it; asks first where others depend on it. */
export function FieldActions({ field }: { field: DraftField }) {
  const { draft, edit } = useBuilderContext();
  const [isAsking, setAsking] = useState(false);
  const dependents = dependentsOf(draft.fields, field.key);
  const remove = () => edit({ type: "removeField", key: field.key });
  return (
    <Group gap="xs">
      <Button
        variant="default"
        size="xs"
        leftSection={<IconCopy size={14} aria-hidden />}
        onClick={() => edit({ type: "copyField", key: field.key })}
      >
        Copy the field
      </Button>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconTrash size={14} aria-hidden />}
        onClick={() => (dependents.length > 0 ? setAsking(true) : remove())}
      >
        Delete the field
      </Button>
      {isAsking && (
        <RemoveFieldDialog field={field} dependents={dependents} onConfirm={remove} onClose={() => setAsking(false)} />
      )}
    </Group>
  );
}
