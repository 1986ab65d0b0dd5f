import type { Webhook, WebhookAuthentication, WebhookChange, WebhookNew } from "@/features/webhooks/api";
import type { DraftWords } from "@/shared/drafts/three-way";
import { changedFields } from "@/shared/drafts/three-way";

/** What a person types about a webhook. */
export interface WebhookDraft {
  name: string;
  workflowName: string;
  authentication: WebhookAuthentication;
  /** A JSON object as text; empty for none. */
  parameters: string;
  /** Empty where the event's own properties are the parameters. */
  payloadParameter: string;
  /** One address or network a line; empty for any. */
  allowedAddresses: string;
}

export const authenticationWords: Record<WebhookAuthentication, { label: string; note: string }> = {
  apiKey: { label: "API key", note: "The sender puts the key in the header X-Api-Key." },
  signature: { label: "Signature", note: "The sender signs as Standard Webhooks says, with id and time." },
  bodySignature: { label: "Body signature", note: "The sender signs the body alone; for those that can do no better." },
};

/** What is given once, as people call it. */
export function keyWord(authentication: WebhookAuthentication): string {
  return authentication === "apiKey" ? "key" : "signing secret";
}

export const emptyWebhook: WebhookDraft = {
  name: "",
  workflowName: "",
  authentication: "apiKey",
  parameters: "",
  payloadParameter: "",
  allowedAddresses: "",
};

export function webhookDraftOf(webhook: Webhook): WebhookDraft {
  const { name, workflowName, authentication, parameters, payloadParameter, allowedAddresses } = webhook;
  return {
    name,
    workflowName,
    authentication,
    parameters: Object.keys(parameters).length === 0 ? "" : JSON.stringify(parameters, null, 2),
    payloadParameter: payloadParameter ?? "",
    allowedAddresses: allowedAddresses.join("\n"),
  };
}

export const webhookWords: DraftWords<WebhookDraft> = {
  names: {
    name: "Name",
    workflowName: "Workflow",
    authentication: "Authentication",
    parameters: "Fixed parameters",
    payloadParameter: "Parameter for the event",
    allowedAddresses: "Allowed addresses",
  },
  text: (draft, field) => {
    if (field === "allowedAddresses") {
      return addressesOf(draft.allowedAddresses).join(", ");
    }
    if (field === "parameters") {
      const parameters = parametersOf(draft.parameters);
      return parameters === null ? draft.parameters : JSON.stringify(parameters);
    }
    return draft[field].trim();
  },
};

/** The JSON object, or null where the text is none. */
export function parametersOf(text: string): Record<string, unknown> | null {
  if (text.trim() === "") {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

export function addressesOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((address) => address.trim())
    .filter((address) => address !== "");
}

export function newWebhookOf(draft: WebhookDraft): WebhookNew {
  return {
    name: draft.name.trim(),
    workflowName: draft.workflowName,
    authentication: draft.authentication,
    parameters: parametersOf(draft.parameters) ?? {},
    payloadParameter: draft.payloadParameter || null,
    allowedAddresses: addressesOf(draft.allowedAddresses),
  };
}

/** Only what was changed; how a sender proves itself stays for good. */
export function webhookChangeOf(before: WebhookDraft, draft: WebhookDraft): WebhookChange {
  const changed = changedFields(webhookWords, before, draft);
  const wanted = newWebhookOf(draft);
  return {
    ...(changed.has("name") && { name: wanted.name }),
    ...(changed.has("workflowName") && { workflowName: wanted.workflowName }),
    ...(changed.has("parameters") && { parameters: wanted.parameters }),
    ...(changed.has("payloadParameter") && { payloadParameter: wanted.payloadParameter }),
    ...(changed.has("allowedAddresses") && { allowedAddresses: wanted.allowedAddresses }),
  };
}

/** Where events go: the path at the engine's address. */
export function webhookUrl(engine: string, path: string): string {
  return `${engine.replace(/\/+$/, "")}${path}`;
}
