import type { AuditEntry } from "@/features/audit/api";

export interface Change {
  field: string;
  before: string | null;
  after: string | null;
}

function text(value: unknown): string | null {
  if (value === undefined || value === null) {
    return null;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What differs between the two states of an audit entry, field by field. */
export function changesOf(
  before: Record<string, unknown> | null | undefined,
  after: Record<string, unknown> | null | undefined,
): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields
    .map((field) => ({ field, before: text(before?.[field]), after: text(after?.[field]) }))
    .filter((change) => change.before !== change.after);
}

const verbs: Record<string, string> = {
  created: "created",
  updated: "changed",
  deleted: "deleted",
  deactivated: "deactivated",
  granted: "granted",
  revoked: "revoked",
  set: "set",
  added: "added",
  removed: "removed",
  saved: "saved",
  imported: "imported",
};

/** `formAdded` and `form_added` as words: "form added". */
function spaced(name: string): string {
  return name.replace(/([A-Z])|[_-]/g, (match, capital: string | undefined) =>
    capital === undefined ? " " : ` ${match.toLowerCase()}`,
  );
}

const titles: Record<string, string> = {
  "config.set": "Configuration value set",
  "config.deleted": "Configuration value deleted",
  "role.userAdded": "Person added to a role",
  "role.userRemoved": "Person removed from a role",
  "role.formAdded": "Form added to a role",
  "role.formRemoved": "Form removed from a role",
};

type Named = Pick<AuditEntry, "target" | "before" | "after"> & Partial<Pick<AuditEntry, "names">>;

function ownName({ before, after }: Named): string | null {
  const name = after?.name ?? before?.name ?? after?.displayName ?? before?.displayName;
  return typeof name === "string" && name !== "" ? name : null;
}

/** What an entry is about: by the names it was written with, by its own or another entry's name, else by its id. */
export function targetName(entry: Named, names: ReadonlyMap<string, string>): string {
  const noted = Object.values(entry.names ?? {});
  if (noted.length > 0) {
    return noted.join(" · ");
  }
  return ownName(entry) ?? names.get(entry.target) ?? entry.target;
}

/** Names by id: those that entries tell, newest first, and those that are known besides. */
export function namesByTarget(entries: readonly Named[], known: Iterable<readonly [string, string]>): Map<string, string> {
  const names = new Map<string, string>();
  for (const entry of [...entries].reverse()) {
    const name = ownName(entry);
    if (name !== null) {
      names.set(entry.target, name);
    }
  }
  for (const [id, name] of known) {
    names.set(id, name);
  }
  return names;
}

/** `form.updated` as a technician says it: "Form changed". */
export function actionTitle(action: string): string {
  const title = titles[action];
  if (title !== undefined) {
    return title;
  }
  const [what = "", verb = ""] = action.split(".");
  const noun = spaced(what);
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${verbs[verb] ?? spaced(verb)}`.trim();
}
