import { expect, it } from "vitest";

import { cellText, heading, resultShape } from "@/features/executions/model/result-shape";

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

it("turns names into headings", () => {
  expect(["userPrincipalName", "user_principal_name", "sku", "SKU", "ticketURL"].map(heading)).toEqual([
    "User principal name",
    "User principal name",
    "Sku",
    "SKU",
    "Ticket URL",
  ]);
});
