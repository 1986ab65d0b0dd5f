import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";

import { Dialog } from "@/shared/ui/dialog";
import { ErrorNotice } from "@/shared/ui/error-notice";

interface ConfirmDialogProps {
  title: string;
  /** Names what will be touched, and what stays. */
  children: ReactNode;
  /** The verb on the button: "Delete the role". */
  action: string;
  /** The other button: where "Cancel" would be misread. */
  cancelLabel?: string;
  isDestructive?: boolean;
  /** What holds in spite of an error. */
  kept?: ReactNode;
  isRunning: boolean;
  /** Something has to be done first. */
  isBlocked?: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back, and stays open with the reason if it fails. */
export function ConfirmDialog({
  title,
  children,
  action,
  cancelLabel = "Cancel",
  isDestructive = true,
  kept = "Nothing was changed.",
  isRunning,
  isBlocked = false,
  error,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  return (
    <Dialog onClose={onClose} title={title}>
      <Stack>
        {children}
        {error !== null && error !== undefined && (
          <ErrorNotice error={error} title="This could not be done." kept={kept} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {cancelLabel}
          </Button>
          <Button color={isDestructive ? "red.8" : undefined} loading={isRunning} disabled={isBlocked} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
