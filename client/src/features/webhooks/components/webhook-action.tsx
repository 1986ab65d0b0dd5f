import { useQuery } from "@tanstack/react-query";

import type { Webhook, WebhookWithKey, WebhookWorkflow } from "@/features/webhooks/api";
import { webhookQuery } from "@/features/webhooks/api";
import { DeleteDialog } from "@/features/webhooks/components/delete-dialog";
import { EditWebhookDialog } from "@/features/webhooks/components/edit-webhook-dialog";
import { RotateDialog } from "@/features/webhooks/components/rotate-dialog";
import { SwitchDialog } from "@/features/webhooks/components/switch-dialog";
import type { WebhookAction } from "@/features/webhooks/components/webhooks-table";
import { Dialog } from "@/shared/ui/dialog";
import { notifyDone } from "@/shared/ui/notify";
import { QueryView } from "@/shared/ui/query-view";

interface WebhookActionDialogProps {
  webhook: Webhook;
  action: WebhookAction;
  workflows: readonly WebhookWorkflow[];
  onKey: (webhook: WebhookWithKey) => void;
  onClose: () => void;
}

/** The dialog of an action, on the webhook as it is stored now. */
export function WebhookActionDialog({ webhook, action, workflows, onKey, onClose }: WebhookActionDialogProps) {
  const query = useQuery(webhookQuery(webhook.organizationId, webhook.id));
  const { data } = query;
  if (data === undefined) {
    return (
      <Dialog onClose={onClose} title={webhook.name}>
        <QueryView query={query} what="the webhook" rows={3}>
          {() => null}
        </QueryView>
      </Dialog>
    );
  }
  switch (action) {
    case "edit":
      return (
        <EditWebhookDialog
          webhook={data}
          workflows={workflows}
          onReload={async () => (await query.refetch()).data}
          onClose={onClose}
          onSaved={() => {
            notifyDone(`${webhook.name} was saved.`);
            onClose();
          }}
        />
      );
    case "rotate":
      return <RotateDialog webhook={data} onRotated={onKey} onClose={onClose} />;
    case "switch":
      return <SwitchDialog webhook={data} onClose={onClose} />;
    case "delete":
      return <DeleteDialog webhook={data} onClose={onClose} />;
  }
}
