import { expect, it } from "vitest";

import { fileProblem, fileRules } from "@/features/forms/model/files";
import { toFormDefinition } from "@/features/forms/model/from-api";
import { makeField, makeForm } from "@/testing/data";

function field(change: Partial<Parameters<typeof makeField>[0]> = {}) {
  const [made] = toFormDefinition(makeForm([makeField({ name: "table", type: "file", ...change })])).fields;
  if (made === undefined) {
    throw new Error("The form has a field.");
  }
  return made;
}

const file = (name: string, size = 10, type = "") => ({ name, size, type });

it("takes anything that is not too large, unless it says otherwise", () => {
  expect(fileProblem(field(), file("notes.docx"))).toBeNull();
  expect(fileProblem(field(), file("dump.bin", 11 * 1024 * 1024))).toBe(
    "The file is larger than this field takes: at most 10 MB.",
  );
  expect(fileProblem(field({ maxSizeBytes: 100 }), file("a.csv", 101))).toContain("at most 100 B");
});

it("refuses other kinds of files before anything is sent", () => {
  const csv = field({ accept: [".csv", "text/csv"] });
  expect(fileProblem(csv, file("People.CSV"))).toBeNull();
  expect(fileProblem(csv, file("people.xlsx", 10, "application/vnd.ms-excel"))).toBe(
    "This field takes .csv, text/csv only.",
  );
  expect(fileProblem(field({ accept: ["image/*"] }), file("photo", 10, "image/png"))).toBeNull();
  expect(fileProblem(field({ accept: ["image/*"] }), file("page", 10, "text/html"))).not.toBeNull();
});

it("leaves a kind that the browser does not know to the server", () => {
  expect(fileProblem(field({ accept: ["text/csv"] }), file("people.csv"))).toBeNull();
});

it("refuses an empty file", () => {
  expect(fileProblem(field(), file("a.csv", 0))).toBe("The file is empty.");
});

it("says what it takes", () => {
  expect(fileRules(field({ accept: [".csv"], maxSizeBytes: 2048 }))).toBe(".csv, at most 2.0 KB");
  expect(fileRules(field())).toBe("any file, at most 10 MB");
});
