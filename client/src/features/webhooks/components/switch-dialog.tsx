import { Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Versioned } from "@/api/answers";
import type { Webhook } from "@/features/webhooks/api";
import { updateWebhookMutation } from "@/features/webhooks/api";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { notifyDone } from "@/shared/ui/notify";

/** Stops a webhook for a while, or lets it run again. */
export function SwitchDialog({ webhook: { value, etag }, onClose }: { webhook: Versioned<Webhook>; onClose: () => void }) {
  const update = useMutation(updateWebhookMutation(useQueryClient(), value.organizationId));
  const { id, name, isActive } = value;
  return (
    <ConfirmDialog
      title={isActive ? `Deactivate ${name}?` : `Activate ${name}?`}
      action={isActive ? "Deactivate the webhook" : "Activate the webhook"}
      isDestructive={isActive}
      isRunning={update.isPending}
      error={update.error}
      onClose={onClose}
      onConfirm={() =>
        update.mutate(
          { webhookId: id, etag, change: { isActive: !isActive } },
          {
            onSuccess: () => {
              notifyDone(isActive ? `${name} is inactive.` : `${name} is active again.`);
              onClose();
            },
          },
        )
      }
    >
      <Text>
        {isActive
          ? "Its sender is refused from the next event on; events sent meanwhile are not run later. Its key stays."
          : "Its sender may run the workflow again, with the key it has."}
      </Text>
    </ConfirmDialog>
  );
}
