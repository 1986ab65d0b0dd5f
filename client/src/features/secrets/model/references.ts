import { ApiError } from "@/api/api-error";

/** One place that names a secret. */
export interface SecretReference {
  kind: "config" | "integration";
  orgId: string;
  key: string;
}

function isReference(value: unknown): value is SecretReference {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const { kind, orgId, key } = value as Record<string, unknown>;
  return (kind === "config" || kind === "integration") && typeof orgId === "string" && typeof key === "string";
}

/** What names the secret, if that is why its deletion was refused; else null. */
export function referencesOf(error: unknown): SecretReference[] | null {
  if (!(error instanceof ApiError) || error.status !== 409) {
    return null;
  }
  const { references } = error.details;
  return Array.isArray(references) ? references.filter(isReference) : null;
}

/** Where a reference is set, within the client. */
export function pathOf({ kind, orgId, key }: SecretReference): string {
  const tab = kind === "config" ? "configuration" : "integrations";
  const place = orgId === "GLOBAL" ? `/settings/${tab}` : `/organizations/${orgId}/${tab}`;
  return kind === "config" ? `${place}?q=${encodeURIComponent(key)}` : place;
}
