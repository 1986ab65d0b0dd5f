import { expect, it } from "vitest";

import { groupBySection } from "@/features/forms/model/fields";
import { toFormDefinition } from "@/features/forms/model/from-api";
import { makeField, makeForm } from "@/testing/data";

const titles = (form: ReturnType<typeof makeForm>) =>
  groupBySection(toFormDefinition(form)).map((group) => [
    group.section?.title ?? null,
    group.fields.map((f) => f.name),
  ]);

it("groups fields under the form's sections, in their order, loose ones first", () => {
  const form = makeForm([]);
  form.formSchema = {
    sections: [
      { name: "access", title: "Access" },
      { name: "empty", title: "Nothing in it" },
      { name: "person", title: "Person" },
    ],
    fields: [
      makeField({ name: "first", section: "person" }),
      makeField({ name: "licence", section: "access" }),
      makeField({ name: "note" }),
    ],
  };
  expect(titles(form)).toEqual([
    [null, ["note"]],
    ["Access", ["licence"]],
    ["Person", ["first"]],
  ]);
});

it("takes the names that fields give as headings where the form lists no sections", () => {
  expect(
    titles(makeForm([makeField({ name: "a", section: "Person" }), makeField({ name: "b", section: "Access" })])),
  ).toEqual([
    ["Person", ["a"]],
    ["Access", ["b"]],
  ]);
});

it("calls a field by its name when it has no label", () => {
  expect(toFormDefinition(makeForm([{ name: "email", type: "email", label: "" }])).fields[0]?.label).toBe("email");
});
