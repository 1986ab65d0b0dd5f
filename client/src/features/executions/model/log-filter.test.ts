import { expect, it } from "vitest";

import type { LogLine } from "@/features/executions/model/execution";
import { filterLines, LogFilter, logText } from "@/features/executions/model/log-filter";

const line = (sequence: number, level: LogLine["level"], message: string, data = {}): LogLine => ({
  sequence,
  timestamp: "2026-03-01T09:00:00Z",
  level,
  message,
  data,
});
const lines = [
  line(1, "debug", "Asking Graph"),
  line(2, "info", "Found the user", { upn: "Ada@contoso.example" }),
  line(3, "warning", "Licence is short"),
  line(4, "error", "No seat left"),
];
const found = (...of: Parameters<typeof filterLines>) => filterLines(...of).map(({ sequence }) => sequence);

it("shows everything unless it is narrowed", () => {
  expect(filterLines(lines, "debug", " ")).toBe(lines);
});

it("narrows to a level and what is worse", () => {
  expect(found(lines, "info", "")).toEqual([2, 3, 4]);
  expect(found(lines, "error", "")).toEqual([4]);
});

it("finds text in messages and data, whatever the case", () => {
  expect(found(lines, "debug", "ADA@contoso")).toEqual([2]);
  expect(found(lines, "debug", "seat")).toEqual([4]);
  expect(found(lines, "error", "licence")).toEqual([]);
});

it("finds the same while a search is typed, taken back, and of a log that grows", () => {
  const filter = new LogFilter();
  const all = [...lines, line(5, "info", "Found the seat")];
  for (const [of, least, search] of [
    [lines, "debug", "f"],
    [lines, "debug", "fo"],
    [lines, "debug", " FOUND"],
    [lines, "debug", "s"],
    [lines, "warning", "s"],
    [lines, "debug", "s"],
    [lines, "debug", "seat"],
    [all, "debug", "seat"],
    [all, "debug", ""],
  ] as const) {
    expect(filter.of(of, least, search)).toEqual(filterLines(of, least, search));
  }
});

it("becomes text to keep", () => {
  expect(logText(lines.slice(1, 3))).toBe(
    '2026-03-01T09:00:00Z INFO    Found the user {"upn":"Ada@contoso.example"}\n' +
      "2026-03-01T09:00:00Z WARNING Licence is short\n",
  );
});
