import { Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Versioned } from "@/api/answers";
import type { Webhook } from "@/features/webhooks/api";
import { deleteWebhookMutation } from "@/features/webhooks/api";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { notifyDone } from "@/shared/ui/notify";
import { Time } from "@/shared/ui/time";

/** Takes a webhook and its keys away for good. */
export function DeleteDialog({ webhook: { value, etag }, onClose }: { webhook: Versioned<Webhook>; onClose: () => void }) {
  const remove = useMutation(deleteWebhookMutation(useQueryClient(), value.organizationId));
  return (
    <ConfirmDialog
      title={`Delete ${value.name}?`}
      action="Delete the webhook"
      isRunning={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { webhookId: value.id, etag },
          {
            onSuccess: () => {
              notifyDone(`${value.name} was deleted.`);
              onClose();
            },
          },
        )
      }
    >
      <Text>
        From the next event on its sender is refused, and {value.workflowName} is no longer run by it. Its keys cannot
        be brought back. Runs that it started go on and stay in the history.
      </Text>
      <Text>{value.lastUsedAt === null ? "It was never used." : <>It was last used <Time value={value.lastUsedAt} />.</>}</Text>
    </ConfirmDialog>
  );
}
