import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Webhook, WebhookWithKey } from "@/features/webhooks/api";
import { webhooksQuery, webhookWorkflowsQuery } from "@/features/webhooks/api";
import { KeyDialog } from "@/features/webhooks/components/key-dialog";
import { NewWebhookDialog } from "@/features/webhooks/components/new-webhook-dialog";
import { WebhookActionDialog } from "@/features/webhooks/components/webhook-action";
import type { WebhookAction } from "@/features/webhooks/components/webhooks-table";
import { WebhooksTable } from "@/features/webhooks/components/webhooks-table";
import { webhookUrl } from "@/features/webhooks/model/draft";
import { useConfig } from "@/shared/config/config-context";
import { useOrganization } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { QueryView } from "@/shared/ui/query-view";

type Open =
  | { kind: "new" }
  | { kind: "key"; webhook: WebhookWithKey }
  | { kind: "action"; webhook: Webhook; action: WebhookAction };

/** Addresses at which other systems run a workflow for the organization. */
export function OrganizationWebhooks() {
  const { id, name } = useOrganization();
  const { workflowEngine } = useConfig();
  const query = useQuery(webhooksQuery(id));
  const workflows = useQuery(webhookWorkflowsQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const showKey = (webhook: WebhookWithKey) => setOpen({ kind: "key", webhook });

  return (
    <Stack>
      <Group justify="space-between">
        <Text c="dimmed">Other systems send events to a webhook; each one runs a workflow for {name}.</Text>
        <Button onClick={() => setOpen({ kind: "new" })}>New webhook</Button>
      </Group>
      {workflows.isError && (
        <ErrorNotice
          error={workflows.error}
          title="The workflows could not be loaded."
          kept="Webhooks can be seen, but not made or pointed at another workflow."
          onRetry={() => void workflows.refetch()}
          isRetrying={workflows.isFetching}
        />
      )}
      <QueryView query={query} what="the webhooks" rows={3}>
        {(webhooks) =>
          webhooks.length === 0 ? (
            <EmptyState title="No webhooks yet">
              Make one to let a ticket system, a monitor or a script run a workflow for {name}.
            </EmptyState>
          ) : (
            <WebhooksTable
              webhooks={webhooks}
              urlOf={({ path }) => webhookUrl(workflowEngine, path)}
              onAction={(webhook, action) => setOpen({ kind: "action", webhook, action })}
            />
          )
        }
      </QueryView>
      {open?.kind === "new" && (
        <NewWebhookDialog orgId={id} workflows={workflows.data ?? []} onCreated={showKey} onClose={close} />
      )}
      {open?.kind === "key" && (
        <KeyDialog webhook={open.webhook} url={webhookUrl(workflowEngine, open.webhook.path)} onClose={close} />
      )}
      {open?.kind === "action" && (
        <WebhookActionDialog
          webhook={open.webhook}
          action={open.action}
          workflows={workflows.data ?? []}
          onKey={showKey}
          onClose={close}
        />
      )}
    </Stack>
  );
}
