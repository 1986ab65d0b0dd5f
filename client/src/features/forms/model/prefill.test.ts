import { expect, it } from "vitest";

import { toFormDefinition } from "@/features/forms/model/from-api";
import { prefillFromRun, prefillFromUrl } from "@/features/forms/model/prefill";
import { initialValues } from "@/features/forms/model/values";
import { makeField, makeForm } from "@/testing/data";

const fieldsOf = (...fields: Parameters<typeof makeField>[0][]) =>
  toFormDefinition(makeForm(fields.map(makeField))).fields;

it("takes from an earlier run what is on record, and names what is not", () => {
  const fields = fieldsOf(
    { name: "user", label: "User" },
    { name: "password", label: "Password" },
    { name: "note", label: "Note", type: "textarea" },
    { name: "table", label: "Table", type: "file" },
    { name: "text", label: "Text" },
    { name: "absent" },
  );
  const prefill = prefillFromRun(fields, {
    user: "ada",
    password: "[redacted]",
    note: "the key is [redacted]",
    table: { file: { fileId: "f1", name: "a.csv", contentType: "text/csv", sizeBytes: 3 } },
    text: { truncated: true, bytes: 90_000, start: "abc", fullValue: null },
    other: "not of this form",
  });
  expect(prefill.values).toEqual({ user: "ada" });
  expect(prefill.left).toEqual([
    { label: "Password", reason: "it is secret and was not kept" },
    { label: "Note", reason: "part of it is secret and was not kept" },
    { label: "Table", reason: "choose the file again" },
    { label: "Text", reason: "it was too long to be kept whole" },
  ]);
});

it("reads each type of field from an address", () => {
  const fields = fieldsOf(
    { name: "user" },
    { name: "seats", type: "number" },
    { name: "dry_run", type: "checkbox" },
    { name: "sku", type: "select", options: [{ label: "Seven", value: 7 }] },
    { name: "groups", type: "multiselect", dataProvider: "get_groups" },
    { name: "table", type: "file" },
  );
  const params = new URLSearchParams(
    "field.user=ada&field.seats=3&field.dry_run=true&field.sku=7&field.groups=a&field.groups=b&field.table=x&user=eve",
  );
  const values = prefillFromUrl(fields, params);
  expect(values).toEqual({ user: "ada", seats: "3", dry_run: true, sku: 7, groups: ["a", "b"] });
  expect(initialValues(fields, values)).toMatchObject({ seats: "3", sku: "json:7", groups: ["a", "b"] });
});

it("gives nobody's consent for them", () => {
  const fields = fieldsOf({ name: "consent", type: "checkbox", required: true });
  const values = prefillFromUrl(fields, new URLSearchParams("field.consent=true"));
  expect(initialValues(fields, values)).toEqual({ consent: false });
});
