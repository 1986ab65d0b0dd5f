import { Text } from "@mantine/core";

import { isChangedMeanwhile } from "@/api/changed-meanwhile";
import type { Integration } from "@/features/integrations/api";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Notice } from "@/shared/ui/notice";

interface RemoveIntegrationDialogProps {
  entry: Integration;
  /** The same settings as they are now. */
  now: Integration | undefined;
  isShared: boolean;
  isRunning: boolean;
  error: unknown;
  onConfirm: (etag: string | null) => void;
  onClose: () => void;
}

function consequence(entry: Integration, isShared: boolean): string {
  if (isShared) {
    return "Every organization that does not connect on its own loses it from the next run on.";
  }
  return entry.sharedSettings === null
    ? "Workflows that need it fail for this organization from the next run on."
    : "This organization gets what all organizations share from the next run on.";
}

/** Says what is lost, and asks again if it is something else by then. */
export function RemoveIntegrationDialog({ entry, now, isShared, isRunning, error, ...on }: RemoveIntegrationDialogProps) {
  const isConflict = isChangedMeanwhile(error);
  const etag = isConflict ? (now?.etag ?? null) : entry.etag;
  return (
    <ConfirmDialog
      title={`Remove ${entry.label}?`}
      action={isConflict ? "Remove it anyway" : "Remove the settings"}
      isRunning={isRunning}
      error={isConflict ? null : error}
      onClose={on.onClose}
      onConfirm={() => on.onConfirm(etag)}
    >
      <Text>
        {isShared ? "The settings that all organizations share are deleted. " : "This organization's settings are deleted. "}
        {consequence(entry, isShared)} The secrets they name stay.
      </Text>
      {isConflict && (
        <Notice tone="warning" title="Somebody changed these settings meanwhile." announce="alert">
          <Text size="sm">Nothing was removed. Close this to look at theirs first.</Text>
        </Notice>
      )}
    </ConfirmDialog>
  );
}
