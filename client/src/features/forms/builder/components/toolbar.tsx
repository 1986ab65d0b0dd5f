import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconDeviceFloppy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { memo } from "react";

import { OrgLink } from "@/shared/session/org-link";

interface ToolbarProps {
  /** What would be undone and redone, in words. */
  undoable: string | null;
  redoable: string | null;
  isChanged: boolean;
  isNew: boolean;
  isSaving: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onSave: () => void;
  /** Where the form can be opened; null while it is new. */
  openPath: string | null;
}

function StepButton({ label, keys, done, icon, onClick }: {
  label: string;
  keys: string;
  done: string | null;
  icon: ReactNode;
  onClick: () => void;
}) {
  const words = done === null ? `${label} (${keys})` : `${label} ${done} (${keys})`;
  // Not disabled when there is nothing: the keyboard would lose its place after the last step.
  return (
    <ActionIcon
      variant="default"
      size={36}
      aria-label={label}
      title={words}
      aria-disabled={done === null}
      data-disabled={done === null || undefined}
      onClick={onClick}
    >
      {icon}
    </ActionIcon>
  );
}

/** Steps back and forth, and saving. */
export const Toolbar = memo(function Toolbar(props: ToolbarProps) {
  const { undoable, redoable, isChanged, isNew, isSaving, onUndo, onRedo, onSave, openPath } = props;
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm" c="dimmed" role="status">
        {isChanged ? "Not saved yet" : isNew ? "" : "Saved"}
      </Text>
      <StepButton
        label="Undo"
        keys="Ctrl+Z"
        done={undoable}
        icon={<IconArrowBackUp size={18} aria-hidden />}
        onClick={onUndo}
      />
      <StepButton
        label="Redo"
        keys="Ctrl+Shift+Z"
        done={redoable}
        icon={<IconArrowForwardUp size={18} aria-hidden />}
        onClick={onRedo}
      />
      {openPath !== null && (
        <Button component={OrgLink} to={openPath} variant="default">
          Open the form
        </Button>
      )}
      <Button loading={isSaving} leftSection={<IconDeviceFloppy size={16} aria-hidden />} onClick={onSave}>
        {isNew ? "Create the form" : "Save"}
      </Button>
    </Group>
  );
});
