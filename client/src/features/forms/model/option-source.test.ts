import { expect, it } from "vitest";

import { toFormDefinition } from "@/features/forms/model/from-api";
import { optionSource } from "@/features/forms/model/option-source";
import type { FormValues } from "@/features/forms/model/values";
import { makeField, makeForm } from "@/testing/data";

const { fields } = toFormDefinition(
  makeForm([
    makeField({ name: "site", label: "Site" }),
    makeField({ name: "floor", label: "Floor", type: "number" }),
    makeField({
      name: "room",
      type: "select",
      dataProvider: "rooms",
      dataProviderInputs: {
        kind: { mode: "static", value: "meeting" },
        site: { mode: "field", value: "site" },
        floor: { mode: "field", value: "floor" },
      },
    }),
    makeField({ name: "colour", type: "select", options: [{ label: "Red", value: "red" }] }),
  ]),
);
const sourceOf = (name: string, values: FormValues) =>
  fields.filter((field) => field.name === name).map((field) => optionSource(field, fields, values))[0];

it("names every field that has to be filled in first", () => {
  expect(sourceOf("room", { site: "", floor: " ", room: "" })).toEqual({
    kind: "waiting",
    needs: ["Site", "Floor"],
  });
});

it("gives the provider fixed inputs and the typed values of other fields", () => {
  expect(sourceOf("room", { site: "Berlin", floor: "3", room: "" })).toEqual({
    kind: "provider",
    provider: "rooms",
    inputs: { kind: "meeting", site: "Berlin", floor: 3 },
  });
});

it("is the form itself where it has the options", () => {
  expect(sourceOf("colour", {})).toEqual({ kind: "static" });
});
