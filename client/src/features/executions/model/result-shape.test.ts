import { describe, expect, it } from "vitest";

import { cellText, decimalsOf, heading, isMoment, resultShape, rowsCsv } from "@/features/executions/model/result-shape";

it("reads a list of objects as a table with every column that occurs", () => {
  expect(
    resultShape([
      { sku: "E3", free: 4 },
      { sku: "E5", note: "full" },
    ]),
  ).toMatchObject({
    kind: "table",
    columns: ["sku", "free", "note"],
  });
});

it("reads an object as names and values", () => {
  expect(resultShape({ userId: "1" })).toEqual({ kind: "record", entries: [["userId", "1"]] });
});

it.each([
  [null, "nothing"],
  [undefined, "nothing"],
  ["done", "text"],
  [0, "text"],
  [false, "text"],
  [[], "json"],
  [{}, "json"],
  [[1, 2], "json"],
  [[{ a: 1 }, 2], "json"],
])("reads %j as %s", (value, kind) => {
  expect(resultShape(value).kind).toBe(kind);
});

it("shows cells in words", () => {
  expect([null, "", [], true, false, 0, ["a", 1], { a: 1 }, [{ a: 1 }]].map(cellText)).toEqual([
    "–",
    "–",
    "–",
    "Yes",
    "No",
    "0",
    "a, 1",
    '{"a":1}',
    '[{"a":1}]',
  ]);
});

it("leaves headings that are words already as they are", () => {
  expect(["Last sign-in", "Größe (MB)", "<b>iPhone</b>"].map(heading)).toEqual(["Last sign-in", "Größe (MB)", "<b>iPhone</b>"]);
});

it("turns names into headings", () => {
  expect(["userPrincipalName", "user_principal_name", "sku", "SKU", "ticketURL"].map(heading)).toEqual([
    "User principal name",
    "User principal name",
    "SKU",
    "SKU",
    "Ticket URL",
  ]);
});

describe("a file", () => {
  const file = { fileId: "f1", name: "report.csv", contentType: "text/csv", sizeBytes: 12 };

  it("is known by its reference", () => {
    expect(resultShape({ file })).toEqual({ kind: "file", file: { fileId: "f1", name: "report.csv", sizeBytes: 12 } });
  });

  it("is not every object with a field of that name", () => {
    expect(resultShape({ file: "report.csv" }).kind).toBe("record");
    expect(resultShape({ file, more: 1 }).kind).toBe("record");
  });

  it("in a list is listed, not put into a table of ids", () => {
    expect(resultShape([{ file }]).kind).toBe("files");
  });
});

describe("a value that was cut", () => {
  it("says its size and where the whole is", () => {
    const value = { truncated: true, bytes: 90_000, start: '{"a": ', fullValue: "result-1-1" };
    expect(resultShape(value)).toEqual({
      kind: "cut",
      cut: { bytes: 90_000, start: '{"a": ', valueId: "result-1-1" },
    });
    expect(resultShape({ ...value, fullValue: null })).toMatchObject({ cut: { valueId: null } });
  });

  it("is not every object with a field of that name", () => {
    expect(resultShape({ truncated: true, count: 3 }).kind).toBe("record");
  });
});

it("writes rows as CSV under their own names, with nested values as JSON", () => {
  const rows = [{ userName: "ada", seats: 3, tags: ["a"] }, { userName: "bob" }];
  expect(rowsCsv(["userName", "seats", "tags"], rows)).toBe(
    '\uFEFFuserName,seats,tags\r\nada,3,"[""a""]"\r\nbob,,\r\n',
  );
});

it("writes a column of numbers with as many decimals as its longest, and three at most", () => {
  expect(decimalsOf([1, 14.26, null, 3.5])).toBe(2);
  expect(decimalsOf([3, 10, undefined])).toBe(0);
  expect(decimalsOf([0.123456, 1])).toBe(3);
  expect(decimalsOf([1, "many"])).toBeNull();
  expect(decimalsOf([null, undefined])).toBeNull();
});

it("knows a moment with its zone from other text", () => {
  expect(["2026-03-01T08:00:00Z", "2026-03-01T08:00:00.123+01:00", "2026-03-01T08:00Z"].every(isMoment)).toBe(true);
  expect(["2026-03-01", "2026-03-01T08:00:00", "SPB", 20260301, null].some(isMoment)).toBe(false);
});
