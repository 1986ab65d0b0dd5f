import type { LogLine } from "@/features/executions/model/execution";

export type LogLevel = LogLine["level"];

const order: readonly LogLevel[] = ["debug", "info", "warning", "error"];

export const levelChoices: { value: LogLevel; label: string }[] = [
  { value: "debug", label: "All levels" },
  { value: "info", label: "Info and worse" },
  { value: "warning", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
];

export function isLogLevel(text: string | null): text is LogLevel {
  return order.some((level) => level === text);
}

/** What a line shows beside its message. */
export function dataText(line: LogLine): string {
  return Object.keys(line.data ?? {}).length > 0 ? JSON.stringify(line.data) : "";
}

const searchable = new WeakMap<LogLine, string>();

/** What a search looks at, in small letters; made once for each line, since each key looks at thousands. */
function searchText(line: LogLine): string {
  const known = searchable.get(line);
  if (known !== undefined) {
    return known;
  }
  const text = `${line.message}\n${dataText(line)}`.toLowerCase();
  searchable.set(line, text);
  return text;
}

/** Lines of at least this level that contain the text, in their message or their data. */
export function filterLines(lines: readonly LogLine[], least: LogLevel, search: string): readonly LogLine[] {
  const wanted = search.trim().toLowerCase();
  if (least === "debug" && wanted === "") {
    return lines;
  }
  const from = order.indexOf(least);
  return lines.filter(
    (line) =>
      order.indexOf(line.level) >= from &&
      (wanted === "" || searchText(line).includes(wanted)),
  );
}

/** The lines that a search finds while it is typed: those of a longer one are among those of the shorter. */
export class LogFilter {
  private last: { of: readonly LogLine[]; least: LogLevel; search: string; found: readonly LogLine[] } | null = null;

  of(lines: readonly LogLine[], least: LogLevel, search: string): readonly LogLine[] {
    const { last } = this;
    const isLonger =
      last !== null &&
      last.of === lines &&
      last.least === least &&
      search.trim().toLowerCase().includes(last.search.trim().toLowerCase());
    const found = filterLines(isLonger ? last.found : lines, least, search);
    this.last = { of: lines, least, search, found };
    return found;
  }
}

/** The log as text, a line each, moments in UTC. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .map((line) => `${line.timestamp} ${line.level.toUpperCase().padEnd(7)} ${[line.message, dataText(line)].filter(Boolean).join(" ")}\n`)
    .join("");
}
