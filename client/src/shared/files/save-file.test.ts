import { expect, it } from "vitest";

import { fileName, formatBytes } from "@/shared/files/save-file";

it("makes names that every system takes", () => {
  expect(fileName(["Licence report", "2026-03-01"], "csv")).toBe("licence-report-2026-03-01.csv");
  expect(fileName(["../../etc/passwd"], "json")).toBe("etc-passwd.json");
  expect(fileName(["…"], "json")).toBe("download.json");
});

it.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [2500, "2.4 KB"],
  [32_000_000, "31 MB"],
])("says %i bytes as %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});
