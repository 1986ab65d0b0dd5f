import { Group, Menu, Table, Text } from "@mantine/core";

import type { Webhook } from "@/features/webhooks/api";
import { authenticationWords } from "@/features/webhooks/model/draft";
import { CopyButton } from "@/shared/ui/copy-button";
import { RowMenu } from "@/shared/ui/row-menu";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { StateBadge } from "@/shared/ui/state-badge";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

export type WebhookAction = "edit" | "rotate" | "switch" | "delete";

interface WebhooksTableProps {
  webhooks: readonly Webhook[];
  urlOf: (webhook: Webhook) => string;
  onAction: (webhook: Webhook, action: WebhookAction) => void;
}

function Key({ webhook }: { webhook: Webhook }) {
  const { authentication, keyHint, keyCreatedAt, previousKeyHint, previousKeyValidUntil } = webhook;
  return (
    <>
      <Text size="sm">
        {authenticationWords[authentication].label} …{keyHint}
      </Text>
      <Text size="xs" c="dimmed">
        since <Time value={keyCreatedAt} isWithin />
      </Text>
      {previousKeyHint !== null && previousKeyValidUntil !== null && (
        <Text size="xs" c="dimmed">
          …{previousKeyHint} until <Time value={previousKeyValidUntil} />
        </Text>
      )}
    </>
  );
}

function Row({ webhook, urlOf, onAction }: Omit<WebhooksTableProps, "webhooks"> & { webhook: Webhook }) {
  const { name, workflowName, isActive, allowedAddresses, lastUsedAt } = webhook;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        {name}
        <Text size="xs" c="dimmed" ff="monospace" fw={400}>
          {workflowName}
        </Text>
      </Table.Th>
      <Table.Td>
        <StateBadge tone={isActive ? "success" : "neutral"} label={isActive ? "Active" : "Inactive"} />
      </Table.Td>
      <Table.Td>
        <Key webhook={webhook} />
      </Table.Td>
      <Table.Td>{allowedAddresses.length === 0 ? "Any address" : allowedAddresses.join(", ")}</Table.Td>
      <Table.Td>{lastUsedAt === null ? "Never" : <Time value={lastUsedAt} />}</Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap" justify="flex-end">
          <CopyButton value={urlOf(webhook)} label="Copy address" />
          <RowMenu of={name}>
            <Menu.Item onClick={() => onAction(webhook, "edit")}>Edit</Menu.Item>
            <Menu.Item onClick={() => onAction(webhook, "rotate")}>Rotate the key</Menu.Item>
            <Menu.Item onClick={() => onAction(webhook, "switch")}>{isActive ? "Deactivate" : "Activate"}</Menu.Item>
            <Menu.Item onClick={() => onAction(webhook, "delete")}>Delete</Menu.Item>
          </RowMenu>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** Webhooks by name: what each runs, with which key, who may call, when it was last used. */
export function WebhooksTable({ webhooks, urlOf, onAction }: WebhooksTableProps) {
  return (
    <Surface>
      <ScrollRegion label="Webhooks, table">
        <Table aria-label="Webhooks">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name and workflow</Table.Th>
              <Table.Th scope="col">State</Table.Th>
              <Table.Th scope="col">Key</Table.Th>
              <Table.Th scope="col">May call</Table.Th>
              <Table.Th scope="col">Last used</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {webhooks.map((webhook) => (
              <Row key={webhook.id} webhook={webhook} urlOf={urlOf} onAction={onAction} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
