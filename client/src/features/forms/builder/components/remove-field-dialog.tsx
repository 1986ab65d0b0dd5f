import { List, Text } from "@mantine/core";

import type { DraftField } from "@/features/forms/builder/model/draft";
import { called } from "@/features/forms/builder/model/draft";
import { referencesOf } from "@/features/forms/builder/model/references";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";

interface RemoveFieldDialogProps {
  field: DraftField;
  dependents: readonly DraftField[];
  onConfirm: () => void;
  onClose: () => void;
}

function loss(dependent: DraftField, key: string): string {
  const places = Object.entries(referencesOf(dependent)).filter(([, source]) => source === key);
  return places
    .map(([where]) =>
      where === "visibleWhen.field"
        ? "will always show"
        : `loses the input “${where.replace("dataProviderInputs.", "")}” of its choices`,
    )
    .join(", ");
}

/** Asks before a field is deleted that others depend on, and names them. */
export function RemoveFieldDialog({ field, dependents, onConfirm, onClose }: RemoveFieldDialogProps) {
  return (
    <ConfirmDialog
      title={`Delete “${called(field)}”?`}
      action="Delete the field"
      isRunning={false}
      error={null}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <Text>Other fields depend on it:</Text>
      <List size="sm">
        {dependents.map((one) => (
          <List.Item key={one.key}>
            “{called(one)}” {loss(one, field.key)}
          </List.Item>
        ))}
      </List>
      <Text size="sm" c="dimmed">
        Undo brings the field and what depends on it back.
      </Text>
    </ConfirmDialog>
  );
}
