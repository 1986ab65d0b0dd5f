import { describe, expect, it } from "vitest";

import { toFormDefinition } from "@/features/forms/model/from-api";
import {
  initialValues,
  optionKey,
  selectableOptions,
  toFieldValue,
  toParameters,
  withOffset,
} from "@/features/forms/model/values";
import { makeField, makeForm } from "@/testing/data";

const fieldsOf = (...fields: Parameters<typeof makeField>[0][]) =>
  toFormDefinition(makeForm(fields.map(makeField))).fields;

describe("initial values", () => {
  it("come from defaults, and an earlier run's input goes before them", () => {
    const fields = fieldsOf({ name: "a", defaultValue: "one" }, { name: "b", defaultValue: "two" }, { name: "c" });
    expect(initialValues(fields, { b: "earlier" })).toEqual({ a: "one", b: "earlier", c: "" });
  });

  it("never tick a box that must be ticked", () => {
    const fields = fieldsOf(
      { name: "consent", type: "checkbox", required: true, defaultValue: true },
      { name: "newsletter", type: "checkbox", defaultValue: true },
    );
    expect(initialValues(fields, { consent: true })).toEqual({ consent: false, newsletter: true });
  });

  it("have none for what is only shown", () => {
    expect(initialValues(fieldsOf({ name: "about", type: "markdown", content: "Hello" }))).toEqual({});
  });

  it("show a moment of an earlier run in the reader's zone", () => {
    const local = fieldsOf({ name: "at", type: "datetime" }).map((field) =>
      toFieldValue(field, "2026-03-01T09:30:00+00:00"),
    );
    expect(new Date(local[0] as string).toISOString()).toBe("2026-03-01T09:30:00.000Z");
  });
});

describe("parameters", () => {
  it("have the types of their fields", () => {
    const fields = fieldsOf(
      { name: "text" },
      { name: "seats", type: "number" },
      { name: "agree", type: "checkbox" },
      { name: "sku", type: "select", options: [{ label: "Seven", value: 7 }] },
      { name: "tags", type: "multiselect", options: [{ label: "A", value: "a" }] },
      { name: "day", type: "date" },
    );
    const values = { text: "x", seats: "12.5", agree: false, sku: optionKey(7), tags: ["a"], day: "2026-03-01" };
    expect(toParameters(fields, values)).toEqual({
      text: "x",
      seats: 12.5,
      agree: false,
      sku: 7,
      tags: ["a"],
      day: "2026-03-01",
    });
  });

  it("leave out what is empty, but say so where a default would come back", () => {
    const fields = fieldsOf(
      { name: "note" },
      { name: "team", defaultValue: "Sales" },
      { name: "tags", type: "multiselect" },
    );
    expect(toParameters(fields, { note: "  ", team: "", tags: [] })).toEqual({ team: null });
  });

  it("say a date and time with its offset, and the moment stays the same", () => {
    const sent = withOffset("2026-07-01T09:30");
    expect(sent).toMatch(/^2026-07-01T09:30:00[+-]\d{2}:\d{2}$/);
    expect(new Date(sent).getTime()).toBe(new Date("2026-07-01T09:30").getTime());
  });
});

describe("options", () => {
  it("of the same value are listed once, and text and number stay apart", () => {
    expect(
      selectableOptions([
        { label: "Five", value: 5 },
        { label: "Text five", value: "5" },
        { label: "Five again", value: 5 },
      ]),
    ).toEqual([
      { value: "json:5", label: "Five" },
      { value: "5", label: "Text five" },
    ]);
  });
});
