/** What a deployment decides; read from `/config.json` before anything else runs. */
export interface RuntimeConfig {
  managementApi: string;
  workflowEngine: string;
  auth: {
    clientId: string;
    authority: string;
    scope: string;
    /** Base address of the local identity provider; null where Microsoft Entra ID signs people in. */
    localIdp: string | null;
  };
  /** How long one request for log lines may be held open; 0 polls instead. */
  longPollSeconds: number;
}

export class ConfigError extends Error {}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(source: Record<string, unknown>, name: string): string {
  const value = source[name];
  if (typeof value !== "string" || value === "") {
    throw new ConfigError(`config.json has no "${name}".`);
  }
  return value;
}

/** Checks what the file holds, so that a wrong deployment says what is wrong instead of failing later. */
export function parseConfig(source: unknown): RuntimeConfig {
  if (!isRecord(source) || !isRecord(source.auth)) {
    throw new ConfigError("config.json is not the expected object.");
  }
  const { auth, longPollSeconds } = source;
  return {
    managementApi: text(source, "managementApi").replace(/\/$/, ""),
    workflowEngine: text(source, "workflowEngine").replace(/\/$/, ""),
    auth: {
      clientId: text(auth, "clientId"),
      authority: text(auth, "authority"),
      scope: text(auth, "scope"),
      localIdp: typeof auth.localIdp === "string" && auth.localIdp !== "" ? auth.localIdp : null,
    },
    longPollSeconds: typeof longPollSeconds === "number" ? Math.min(20, Math.max(0, longPollSeconds)) : 0,
  };
}

export async function loadConfig(): Promise<RuntimeConfig> {
  const response = await fetch("/config.json", { headers: { accept: "application/json" } });
  if (!response.ok) {
    throw new ConfigError(`config.json answered ${response.status}.`);
  }
  return parseConfig(await response.json());
}
