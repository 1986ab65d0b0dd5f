import type {
  ConfigRead,
  IntegrationRead,
  IntegrationTypeRead,
  SecretRead,
} from "@/api/generated/management-api/types.gen";

export function makeConfig(change: Partial<ConfigRead> & Pick<ConfigRead, "key">): ConfigRead {
  return {
    value: "value",
    type: "string",
    description: null,
    updatedAt: "2026-03-01T09:00:00Z",
    updatedBy: "tenant.admin",
    scope: "org",
    overrides: false,
    inherited: false,
    globalValue: null,
    globalType: null,
    etag: '"v1"',
    ...change,
  };
}

export function makeSecret(change: Partial<SecretRead> & Pick<SecretRead, "name">): SecretRead {
  return {
    scope: "org",
    overrides: false,
    inherited: false,
    updatedAt: "2026-03-01T09:00:00Z",
    updatedBy: "tenant.admin",
    etag: '"s1"',
    ...change,
  };
}

/** A type as the API tells it, with every kind of mark. */
export const ticketType: IntegrationTypeRead = {
  type: "tickets",
  label: "Tickets",
  settingsSchema: {
    type: "object",
    properties: {
      baseUrl: { title: "Address", type: "string", connection: true },
      clientSecret: { title: "Client secret", type: "string", secret: true, connection: true },
      mode: { title: "Sign in as", type: "string", enum: ["app", "delegated"], default: "app", connection: true },
      clientRef: {
        title: "Client number",
        anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }],
        default: null,
        adminOnly: true,
      },
      token: { title: "Refresh token", anyOf: [{ type: "string", secret: true }, { type: "null" }], sharedOnly: true },
    },
    required: ["baseUrl", "clientSecret"],
  },
};

export function makeIntegration(change: Partial<IntegrationRead> = {}): IntegrationRead {
  const shared = { baseUrl: "https://tickets.example", clientSecret: "tickets-secret" };
  return {
    type: "tickets",
    label: "Tickets",
    enabled: true,
    ownEnabled: true,
    settings: { clientRef: 101 },
    effectiveSettings: { ...shared, clientRef: 101 },
    sharedSettings: shared,
    scope: "org",
    inherited: false,
    lastTest: null,
    missingSecrets: [],
    problems: {},
    updatedAt: "2026-03-01T09:00:00Z",
    etag: '"i1"',
    ...change,
  };
}
