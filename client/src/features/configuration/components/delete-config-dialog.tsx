import { Stack, Text } from "@mantine/core";

import { isChangedMeanwhile } from "@/api/changed-meanwhile";
import type { ConfigEntry } from "@/features/configuration/api";
import { ValueText } from "@/features/configuration/components/value-text";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Notice } from "@/shared/ui/notice";

interface DeleteConfigDialogProps {
  entry: ConfigEntry;
  /** The same value as it is now. */
  now: ConfigEntry | undefined;
  isShared: boolean;
  isRunning: boolean;
  error: unknown;
  onConfirm: (etag: string | null) => void;
  onClose: () => void;
}

function Consequence({ entry, isShared }: { entry: ConfigEntry; isShared: boolean }) {
  if (entry.overrides && entry.globalValue !== null) {
    return (
      <>
        <Text>From the next run on, this organization gets what all organizations share:</Text>
        <ValueText type={entry.globalType ?? "string"} value={entry.globalValue} />
      </>
    );
  }
  return (
    <Text>
      {isShared
        ? "Organizations without a value of their own lose it, and workflows that ask for it fail from then on."
        : "Workflows that ask for it fail for this organization from then on: nothing is inherited for this key."}
    </Text>
  );
}

/** Says what counts once the value is gone, and asks again if it is another one by then. */
export function DeleteConfigDialog({ entry, now, isShared, isRunning, error, ...on }: DeleteConfigDialogProps) {
  const isConflict = isChangedMeanwhile(error);
  const current = isConflict ? (now ?? entry) : entry;
  const action = entry.overrides ? "Go back to inherited" : "Delete the value";
  return (
    <ConfirmDialog
      title={entry.overrides ? `Set ${entry.key} back to inherited?` : `Delete ${entry.key}?`}
      action={isConflict ? `${action} anyway` : action}
      isRunning={isRunning}
      error={isConflict ? null : error}
      onClose={on.onClose}
      onConfirm={() => on.onConfirm(current.etag)}
    >
      <Stack gap="xs">
        <Text>The value that goes:</Text>
        <ValueText type={current.type} value={current.value} />
        <Consequence entry={current} isShared={isShared} />
        {isConflict && (
          <Notice tone="warning" title="Somebody changed this value meanwhile." announce="alert">
            <Text size="sm">Nothing was deleted. Above is the value as it is now; look at it, then decide.</Text>
          </Notice>
        )}
      </Stack>
    </ConfirmDialog>
  );
}
