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

/** `form.updated` as a technician says it: "Form changed". */
export function actionTitle(action: string): string {
  const [what = "", verb = ""] = action.split(".");
  const noun = what.replace(/([A-Z])|[_-]/g, (match, capital: string | undefined) =>
    capital === undefined ? " " : ` ${match.toLowerCase()}`,
  );
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${verbs[verb] ?? verb}`.trim();
}
