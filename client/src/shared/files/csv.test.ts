import { expect, it } from "vitest";

import { toCsv } from "@/shared/files/csv";

it("quotes what would break a row, and marks the text as UTF-8", () => {
  expect(toCsv(["Name", "Note"], [["Ada, Countess", 'said "no"'], ["Zoë", "two\nlines"]])).toBe(
    '\uFEFFName,Note\r\n"Ada, Countess","said ""no"""\r\nZoë,"two\nlines"\r\n',
  );
});

it("keeps texts from becoming formulas, and numbers numbers", () => {
  expect(toCsv(["a", "b", "c"], [["=HYPERLINK(1)", -5, "-5"]])).toBe("\uFEFFa,b,c\r\n'=HYPERLINK(1),-5,'-5\r\n");
});

it("leaves cells without a value empty", () => {
  expect(toCsv(["a", "b"], [[null, ""]])).toBe("\uFEFFa,b\r\n,\r\n");
});
