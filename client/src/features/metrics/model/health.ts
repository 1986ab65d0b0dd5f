import type { HealthRead } from "@/api/generated/management-api/types.gen";
import type { HealthAnswer } from "@/api/generated/workflow-engine/types.gen";

export type ServiceHealth = HealthRead | HealthAnswer;
export type PartStatus = "ok" | "degraded" | "down";

export const statusWords: Record<PartStatus, string> = { ok: "Healthy", degraded: "Degraded", down: "Down" };

export interface Part {
  name: string;
  status: PartStatus;
  detail: string;
  durationMs: number | null;
}

const partNames: Record<string, string> = {
  tables: "Tables (records)",
  blobs: "Blobs (files and logs)",
  queues: "Queue (background runs)",
  vault: "Key Vault (secrets)",
};

/** The parts of a service as rows, the engine's runners and author files among them. */
export function partsOf(health: ServiceHealth): Part[] {
  const parts: Part[] = health.components.map(({ name, status, message, durationMs }) => ({
    name: partNames[name] ?? name,
    status,
    detail: message ?? "",
    durationMs: durationMs ?? null,
  }));
  if ("runners" in health) {
    const { status, ready, wanted, inFlight } = health.runners;
    const detail = `${ready} of ${wanted} ready, ${inFlight} running something now`;
    parts.push({ name: "Runners (processes that run workflows)", status, detail, durationMs: null });
    const errors = health.discoveryErrors;
    parts.push({
      name: "Author files",
      status: errors === 0 ? "ok" : "degraded",
      detail: errors === 0 ? "All could be imported" : `${errors} could not be imported`,
      durationMs: null,
    });
  }
  return parts;
}
