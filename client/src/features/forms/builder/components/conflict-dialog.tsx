import { Button, Group, Modal, Stack, Table, Text } from "@mantine/core";

import type { FormDraft } from "@/features/forms/builder/model/draft";
import { differences } from "@/features/forms/builder/model/difference";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { ScrollRegion } from "@/shared/ui/scroll-region";

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
    <Modal opened onClose={onClose} size="xl" title="Somebody else saved this form meanwhile">
      <Stack>
        <Text>
          {found.length === 0
            ? "Both versions say the same."
            : "Nothing of yours is lost. This is where the two versions differ:"}
        </Text>
        {found.length > 0 && (
          <ScrollRegion label="Differences, table">
            <Table aria-label="Differences">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">What</Table.Th>
                  <Table.Th scope="col">Theirs, saved</Table.Th>
                  <Table.Th scope="col">Yours</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {found.map(({ what, theirs: left, mine: right }) => (
                  <Table.Tr key={what}>
                    <Table.Th scope="row">{what}</Table.Th>
                    <Table.Td>{left ?? "not there"}</Table.Td>
                    <Table.Td>{right ?? "not there"}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollRegion>
        )}
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
            Keep mine (overwrite)
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          After taking theirs, Undo brings yours back.
        </Text>
      </Stack>
    </Modal>
  );
}
