import { Button, Group, Stack, Text } from "@mantine/core";

import type { FormDraft } from "@/features/forms/builder/model/draft";
import { differences } from "@/features/forms/builder/model/difference";
import { Dialog } from "@/shared/ui/dialog";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { TheirsBesideYours } from "@/shared/ui/theirs-beside-yours";

interface ConflictDialogProps {
  theirs: FormDraft;
  mine: FormDraft;
  isSaving: boolean;
  error: unknown;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
  onClose: () => void;
}

/** Somebody else saved the form meanwhile: both versions side by side, and which one to go on with. */
export function ConflictDialog(props: ConflictDialogProps) {
  const { theirs, mine, isSaving, error, onTakeTheirs, onKeepMine, onClose } = props;
  const found = differences(theirs, mine);
  return (
    <Dialog onClose={onClose} size="xl" title="Somebody changed this form meanwhile">
      <Stack>
        <Text>
          {found.length === 0
            ? "Both versions say the same."
            : "What you built is kept, and nothing of it is saved yet. This is where the two versions differ:"}
        </Text>
        {found.length > 0 && <TheirsBesideYours differences={found} />}
        {error !== null && error !== undefined && (
          <ErrorNotice error={error} title="The form could not be saved." kept="What you built is kept." />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Go on editing
          </Button>
          <Button variant="default" onClick={onTakeTheirs}>
            Take theirs
          </Button>
          <Button color="red.8" loading={isSaving} onClick={onKeepMine}>
            Replace theirs
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          After taking theirs, Undo brings yours back.
        </Text>
      </Stack>
    </Dialog>
  );
}
