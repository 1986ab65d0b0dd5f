import { expect, it } from "vitest";

import { ApiError } from "@/api/api-error";
import { fileParameters, needsFile, toFormValues, toWorkflowParameters } from "@/features/workflows/model/parameters";
import type { Parameter } from "@/features/workflows/model/workflow";

function make(name: string, type: Parameter["type"], change: Partial<Parameter> = {}): Parameter {
  return { name, label: name, type, required: false, ...change };
}

const parameters = [
  make("name", "string"),
  make("aliases", "list"),
  make("groups", "list", { dataProvider: "get_groups" }),
  make("extra", "json"),
  make("size", "json", { options: [{ label: "Small", value: { seats: 1 } }] }),
];

it("makes lists and JSON of text, as the service does for a saved form", () => {
  const values = { name: "[1]", aliases: " ada \n\n b,c\r\n", groups: ["g1"], extra: '{"a": [1]}', size: { seats: 1 } };
  expect(toWorkflowParameters(parameters, values)).toEqual({
    name: "[1]",
    aliases: ["ada", "b,c"],
    groups: ["g1"],
    extra: { a: [1] },
    size: { seats: 1 },
  });
});

it("names the field whose text is no JSON", () => {
  try {
    toWorkflowParameters(parameters, { extra: "{" });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).fields).toEqual({ extra: "Enter JSON." });
    expect((error as ApiError).isPassing).toBe(false);
  }
});

it("fills the form with an earlier run so that the same would be run", () => {
  const input = { name: "Ada", aliases: ["a", "b"], groups: ["g1"], extra: { a: [1] }, size: { seats: 1 } };
  const values = toFormValues(parameters, input);
  expect(values).toMatchObject({ aliases: "a\nb", groups: ["g1"], extra: '{"a":[1]}' });
  expect(toWorkflowParameters(parameters, values)).toEqual(input);
});

it("leaves what was not given not given", () => {
  expect(toFormValues(parameters, { aliases: null, extra: null })).toEqual({ aliases: null, extra: null });
});

it("needs a form only for a file that is required", () => {
  expect(needsFile([make("table", "file", { required: true })])).toBe(true);
  expect(needsFile([make("table", "file")])).toBe(false);
  expect(fileParameters([make("table", "file"), make("name", "string")]).map(({ name }) => name)).toEqual(["table"]);
});
