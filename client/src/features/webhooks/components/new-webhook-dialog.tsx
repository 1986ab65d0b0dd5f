import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { newIdempotencyKey } from "@/api/answers";
import type { WebhookWithKey, WebhookWorkflow } from "@/features/webhooks/api";
import { createWebhookMutation } from "@/features/webhooks/api";
import { WebhookFields } from "@/features/webhooks/components/webhook-fields";
import { emptyWebhook, newWebhookOf, parametersOf } from "@/features/webhooks/model/draft";
import { FormDialog } from "@/shared/ui/form-dialog";

interface NewWebhookDialogProps {
  orgId: string;
  workflows: readonly WebhookWorkflow[];
  onCreated: (webhook: WebhookWithKey) => void;
  onClose: () => void;
}

/** Makes a webhook; its key is handed to `onCreated` and to nobody else. */
export function NewWebhookDialog({ orgId, workflows, onCreated, onClose }: NewWebhookDialogProps) {
  const create = useMutation(createWebhookMutation(useQueryClient(), orgId));
  const [draft, setDraft] = useState(emptyWebhook);
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey);
  return (
    <FormDialog
      title="New webhook"
      action="Create the webhook"
      size="lg"
      isRunning={create.isPending}
      error={create.error}
      onSubmit={() => {
        if (parametersOf(draft.parameters) !== null) {
          create.mutate({ draft: newWebhookOf(draft), idempotencyKey }, { onSuccess: onCreated });
        }
      }}
      onClose={onClose}
    >
      <WebhookFields
        draft={draft}
        workflows={workflows}
        isNew
        error={create.error}
        onChange={(changed) => {
          setDraft(changed);
          // Another draft is another webhook; the same one sent again is not.
          setIdempotencyKey(newIdempotencyKey());
        }}
      />
    </FormDialog>
  );
}
