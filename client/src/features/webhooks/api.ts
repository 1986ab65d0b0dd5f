import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import { allItems, ifMatch, listPage, versioned } from "@/api/answers";
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateWebhook,
  updateWebhook,
} from "@/api/generated/management-api/sdk.gen";
import type {
  Authentication,
  WebhookCreate,
  WebhookCreated,
  WebhookRead,
  WebhookUpdate,
} from "@/api/generated/management-api/types.gen";
import { getMetadata } from "@/api/generated/workflow-engine/sdk.gen";

export type Webhook = WebhookRead;
export type WebhookNew = WebhookCreate;
export type WebhookChange = WebhookUpdate;
export type WebhookWithKey = WebhookCreated;
export type WebhookAuthentication = Authentication;

/** A workflow that a webhook can run. */
export interface WebhookWorkflow {
  name: string;
  parameters: { name: string; label: string; required: boolean }[];
}

const webhookKeys = {
  list: (orgId: string) => ["webhooks", "list", orgId] as const,
  detail: (orgId: string, webhookId: string) => ["webhooks", "detail", orgId, webhookId] as const,
};

/** The organization's webhooks, by name. */
export function webhooksQuery(orgId: string) {
  return queryOptions({
    queryKey: webhookKeys.list(orgId),
    queryFn: ({ signal }) =>
      allItems(async (cursor) =>
        listPage(await listWebhooks({ path: { orgId }, query: { limit: 200, cursor }, signal })),
      ),
  });
}

/** One webhook as it is now, with the version that a change names. */
export function webhookQuery(orgId: string, webhookId: string) {
  return queryOptions({
    queryKey: webhookKeys.detail(orgId, webhookId),
    queryFn: async ({ signal }) => versioned(await getWebhook({ path: { orgId, webhookId }, signal })),
    // What is changed is what is stored now.
    gcTime: 0,
    staleTime: 0,
  });
}

/** The workflows in the catalog, to choose from. */
export const webhookWorkflowsQuery = queryOptions({
  queryKey: ["webhooks", "workflows"] as const,
  queryFn: async ({ signal }): Promise<WebhookWorkflow[]> =>
    ((await getMetadata({ signal })).data.workflows ?? []).map(({ name, parameters }) => ({
      name,
      parameters: (parameters ?? []).map((one) => ({ name: one.name, label: one.label, required: one.required })),
    })),
  staleTime: 60_000,
});

interface NewWebhook {
  draft: WebhookNew;
  /** The same for each attempt at the same draft, so that it is made once. */
  idempotencyKey: string;
}

/** Makes a webhook; only this answer has its key. */
export function createWebhookMutation(queryClient: QueryClient, orgId: string) {
  return mutationOptions({
    mutationFn: async ({ draft, idempotencyKey }: NewWebhook): Promise<WebhookWithKey> =>
      (await createWebhook({ path: { orgId }, body: draft, headers: { "Idempotency-Key": idempotencyKey } })).data,
    // A key is not kept longer than it is shown.
    gcTime: 0,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookKeys.list(orgId) }),
  });
}

interface Named {
  webhookId: string;
  etag: string | null;
}

export function updateWebhookMutation(queryClient: QueryClient, orgId: string) {
  return mutationOptions({
    mutationFn: async ({ webhookId, etag, change }: Named & { change: WebhookChange }) =>
      (await updateWebhook({ path: { orgId, webhookId }, body: change, headers: ifMatch(etag) })).data,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookKeys.list(orgId) }),
  });
}

/** Gives a new key or signing secret; only this answer has it. */
export function rotateWebhookMutation(queryClient: QueryClient, orgId: string) {
  return mutationOptions({
    mutationFn: async ({
      webhookId,
      etag,
      overlapSeconds,
    }: Named & { overlapSeconds: number }): Promise<WebhookWithKey> =>
      (await rotateWebhook({ path: { orgId, webhookId }, body: { overlapSeconds }, headers: ifMatch(etag) })).data,
    gcTime: 0,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookKeys.list(orgId) }),
  });
}

export function deleteWebhookMutation(queryClient: QueryClient, orgId: string) {
  return mutationOptions({
    mutationFn: async ({ webhookId, etag }: Named) => {
      await deleteWebhook({ path: { orgId, webhookId }, headers: ifMatch(etag) });
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookKeys.list(orgId) }),
  });
}
