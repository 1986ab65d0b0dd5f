import type { Field } from "@/features/forms/model/fields";
import { formatBytes } from "@/shared/files/save-file";

/** What a file field takes that says nothing else; the platform's own limit is the server's to say. */
const usualMostBytes = 10 * 1024 * 1024;

export function mostBytes(field: Field): number {
  return field.maxSizeBytes ?? usualMostBytes;
}

function endingOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot).toLowerCase() : "";
}

/** Whether a field takes a file; kinds of content (`text/csv`) are left to the server where the browser knows none. */
function isAccepted(accept: readonly string[], file: Pick<File, "name" | "type">): boolean {
  return accept.some((entry) => {
    if (entry.startsWith(".")) {
      return endingOf(file.name) === entry.toLowerCase() || file.name.toLowerCase().endsWith(entry.toLowerCase());
    }
    const kind = file.type.split(";")[0] ?? "";
    return kind === "" || kind === entry || (entry.endsWith("/*") && kind.startsWith(entry.slice(0, -1)));
  });
}

/** Why a file cannot be sent, before any of it is; null if it can. */
export function fileProblem(field: Field, file: Pick<File, "name" | "type" | "size">): string | null {
  if (file.size === 0) {
    return "The file is empty.";
  }
  if (field.accept !== null && !isAccepted(field.accept, file)) {
    return `This field takes ${field.accept.join(", ")} only.`;
  }
  if (file.size > mostBytes(field)) {
    return `The file is larger than this field takes: at most ${formatBytes(mostBytes(field))}.`;
  }
  return null;
}

/** What a field takes, in words: ".csv, at most 10 MB". */
export function fileRules(field: Field): string {
  const size = `at most ${formatBytes(mostBytes(field))}`;
  return field.accept === null ? `any file, ${size}` : `${field.accept.join(", ")}, ${size}`;
}
