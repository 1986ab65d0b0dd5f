import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Versioned } from "@/api/answers";
import type { Webhook, WebhookWorkflow } from "@/features/webhooks/api";
import { updateWebhookMutation } from "@/features/webhooks/api";
import { WebhookFields } from "@/features/webhooks/components/webhook-fields";
import { parametersOf, webhookChangeOf, webhookDraftOf, webhookWords } from "@/features/webhooks/model/draft";
import { useVersionedDraft } from "@/shared/drafts/use-versioned-draft";
import { ConflictNotice, replaceTheirs } from "@/shared/ui/conflict-notice";
import { FormDialog } from "@/shared/ui/form-dialog";

interface EditWebhookDialogProps {
  webhook: Versioned<Webhook>;
  workflows: readonly WebhookWorkflow[];
  onReload: () => Promise<Versioned<Webhook> | undefined>;
  onSaved: () => void;
  onClose: () => void;
}

/** Changes a webhook; its key stays. */
export function EditWebhookDialog({ webhook, workflows, onReload, onSaved, onClose }: EditWebhookDialogProps) {
  const { id, name, organizationId, updatedAt } = webhook.value;
  const update = useMutation(updateWebhookMutation(useQueryClient(), organizationId));
  const typed = useVersionedDraft({
    loaded: webhook,
    draftOf: webhookDraftOf,
    words: webhookWords,
    reload: onReload,
  });

  const save = () => {
    if (parametersOf(typed.draft.parameters) === null) {
      return;
    }
    update.mutate(
      { webhookId: id, etag: typed.etag, change: webhookChangeOf(typed.theirs, typed.draft) },
      {
        onSuccess: onSaved,
        onError: (error) => typed.meetTheirs(error, update.reset),
      },
    );
  };

  return (
    <FormDialog
      title={`Edit ${name}`}
      action={typed.conflicts?.length ? replaceTheirs : "Save"}
      size="lg"
      isRunning={update.isPending}
      error={update.error}
      onSubmit={save}
      onClose={onClose}
    >
      {typed.conflicts !== null && (
        <ConflictNotice
          what="this webhook"
          differences={typed.conflicts}
          changedAt={updatedAt}
          onTakeTheirs={typed.takeTheirs}
        />
      )}
      <WebhookFields
        draft={typed.draft}
        workflows={workflows}
        isNew={false}
        error={update.error}
        onChange={typed.setDraft}
      />
    </FormDialog>
  );
}
