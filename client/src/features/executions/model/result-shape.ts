import { toCsv } from "@/shared/files/csv";
import { withAcronyms } from "@/shared/ui/acronyms";

export type JsonRecord = Record<string, unknown>;

/** A file that a run was given or has saved. */
export interface FileReference {
  fileId: string;
  name: string;
  sizeBytes: number;
}

/** What stands in the place of a value that was too large for the record. */
export interface CutValue {
  bytes: number;
  start: string;
  /** Under which id the whole is kept; null if it is not. */
  valueId: string | null;
}

export type ResultShape =
  | { kind: "nothing" }
  | { kind: "file"; file: FileReference }
  | { kind: "files"; files: FileReference[] }
  | { kind: "cut"; cut: CutValue }
  | { kind: "text"; text: string }
  | { kind: "table"; columns: string[]; rows: JsonRecord[] }
  | { kind: "record"; entries: [string, unknown][] }
  | { kind: "json" };

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The file that a value stands for, if it does: `{file: {fileId, name, sizeBytes}}` and nothing else. */
export function asFile(value: unknown): FileReference | null {
  if (!isJsonRecord(value) || Object.keys(value).length !== 1 || !isJsonRecord(value.file)) {
    return null;
  }
  const { fileId, name, sizeBytes } = value.file;
  return typeof fileId === "string" && typeof name === "string" && typeof sizeBytes === "number"
    ? { fileId, name, sizeBytes }
    : null;
}

/** What was cut, if the value stands for something that was. */
export function asCut(value: unknown): CutValue | null {
  if (!isJsonRecord(value) || value.truncated !== true) {
    return null;
  }
  const { bytes, start, fullValue } = value;
  return typeof bytes === "number" && typeof start === "string"
    ? { bytes, start, valueId: typeof fullValue === "string" ? fullValue : null }
    : null;
}

/** How a result is best read: objects in a list as a table, an object as names and values, else as it is. */
export function resultShape(value: unknown): ResultShape {
  if (value === null || value === undefined) {
    return { kind: "nothing" };
  }
  const file = asFile(value);
  if (file !== null) {
    return { kind: "file", file };
  }
  const cut = asCut(value);
  if (cut !== null) {
    return { kind: "cut", cut };
  }
  if (Array.isArray(value) && value.length > 0 && value.every((item) => asFile(item) !== null)) {
    return { kind: "files", files: value.flatMap((item) => asFile(item) ?? []) };
  }
  if (Array.isArray(value) && value.length > 0 && value.every(isJsonRecord)) {
    const rows: JsonRecord[] = value;
    return { kind: "table", columns: [...new Set(rows.flatMap((row) => Object.keys(row)))], rows };
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

const mostDecimals = 3;

/** With how many decimals a column of numbers is written; null if it holds anything else. */
export function decimalsOf(values: readonly unknown[]): number | null {
  const numbers = values.filter((value) => value !== null && value !== undefined);
  if (numbers.length === 0 || !numbers.every((value) => typeof value === "number")) {
    return null;
  }
  const decimals = numbers.map((value) => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0);
  return Math.min(Math.max(...decimals), mostDecimals);
}

/** Whether a value is a moment with its zone, as Microsoft Graph and most others write it. */
export function isMoment(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(value);
}

/** A list of objects as CSV: the columns as they are called, nested values as JSON. */
export function rowsCsv(columns: readonly string[], rows: readonly JsonRecord[]): string {
  const cell = (value: unknown) => {
    if (value === null || value === undefined) {
      return null;
    }
    return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
  };
  return toCsv(
    columns,
    rows.map((row) => columns.map((column) => cell(row[column]))),
  );
}

/** `userPrincipalName` and `user_principal_name` as a heading: "User principal name"; words stay as they are. */
export function heading(name: string): string {
  if (!/^[\p{L}\p{N}_-]+$/u.test(name)) {
    return name;
  }
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .trim();
  const isAcronym = (word: string) => word.length > 1 && word === word.toUpperCase();
  const lowered = withAcronyms(
    words
      .split(/\s+/)
      .map((word) => (isAcronym(word) ? word : word.toLowerCase()))
      .join(" "),
  );
  return lowered.charAt(0).toUpperCase() + lowered.slice(1);
}
