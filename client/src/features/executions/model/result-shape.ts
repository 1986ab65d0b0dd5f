export type JsonRecord = Record<string, unknown>;

export type ResultShape =
  | { kind: "nothing" }
  | { kind: "text"; text: string }
  | { kind: "table"; columns: string[]; rows: JsonRecord[] }
  | { kind: "record"; entries: [string, unknown][] }
  | { kind: "json" };

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How a result is best read: objects in a list as a table, an object as names and values, else as it is. */
export function resultShape(value: unknown): ResultShape {
  if (value === null || value === undefined) {
    return { kind: "nothing" };
  }
  if (Array.isArray(value) && value.length > 0 && value.every(isJsonRecord)) {
    const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
    return { kind: "table", columns, rows: value };
  }
  if (isJsonRecord(value) && Object.keys(value).length > 0) {
    return { kind: "record", entries: Object.entries(value) };
  }
  if (typeof value !== "object") {
    return { kind: "text", text: typeof value === "string" ? value : JSON.stringify(value) };
  }
  return { kind: "json" };
}

/** A value in one cell: texts as they are, yes and no in words, the rest as JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) {
    return "–";
  }
  if (typeof value === "boolean") {
    return value ? "Yes" : "No";
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string" || typeof item === "number")) {
    return value.join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `userPrincipalName` and `user_principal_name` as a heading: "User principal name". */
export function heading(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .trim();
  const isAcronym = (word: string) => word.length > 1 && word === word.toUpperCase();
  const lowered = words
    .split(/\s+/)
    .map((word) => (isAcronym(word) ? word : word.toLowerCase()))
    .join(" ");
  return lowered.charAt(0).toUpperCase() + lowered.slice(1);
}
