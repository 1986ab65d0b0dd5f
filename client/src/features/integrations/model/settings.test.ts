import { expect, it } from "vitest";

import { factsOf } from "@/features/integrations/model/facts";
import type { SettingField } from "@/features/integrations/model/settings";
import { fieldsOf, inheritedText, settingProblem, settingsOf, textsOf } from "@/features/integrations/model/settings";
import { makeIntegration, ticketType } from "@/testing/settings";

const fields = fieldsOf(ticketType.settingsSchema);

function field(name: string): SettingField {
  const found = fields.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`There is no field ${name}.`);
  }
  return found;
}

it("reads kinds and marks off the schema, also behind an optional branch", () => {
  expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
    ["baseUrl", "text"],
    ["clientSecret", "secret"],
    ["mode", "choice"],
    ["clientRef", "integer"],
    ["token", "secret"],
  ]);
  expect(field("clientRef")).toMatchObject({ isAdminOnly: true, minimum: 1, isRequired: false });
  expect(field("token")).toMatchObject({ isSharedOnly: true, isConnection: true });
  expect(field("baseUrl")).toMatchObject({ isRequired: true, isConnection: true });
});

it("makes nothing of what is no schema", () => {
  expect(fieldsOf(null)).toEqual([]);
  expect(fieldsOf({ properties: { odd: "thing", list: { type: "array" } } }).map(({ kind }) => kind)).toEqual([
    "json",
    "json",
  ]);
});

it("writes settings back as they were read, without the blank ones", () => {
  const settings = { baseUrl: "https://own.example", clientRef: 7 };
  expect(settingsOf(fields, textsOf(fields, settings))).toEqual(settings);
  expect(settingsOf(fields, { baseUrl: "  " })).toEqual({});
});

it("inherits what is blank", () => {
  const shared = { baseUrl: "https://tickets.example", clientRef: 5 };
  expect(inheritedText(field("baseUrl"), fields, {}, shared)).toBe("https://tickets.example");
  expect(inheritedText(field("clientRef"), fields, {}, shared)).toBe("5");
  expect(inheritedText(field("baseUrl"), fields, {}, null)).toBe("");
});

it("inherits nothing of the connection once any part of it is set here", () => {
  const shared = { baseUrl: "https://tickets.example", clientRef: 5 };
  const texts = { clientSecret: "own-secret" };
  expect(inheritedText(field("baseUrl"), fields, texts, shared)).toBe("");
  expect(inheritedText(field("clientRef"), fields, texts, shared)).toBe("5");
});

it("tells what keeps a text from being a setting", () => {
  expect(settingProblem(field("clientRef"), "0", false)).toBe("At least 1");
  expect(settingProblem(field("clientRef"), "1.5", false)).toBe("Enter a whole number");
  expect(settingProblem(field("clientRef"), "12", false)).toBeNull();
  expect(settingProblem(field("baseUrl"), " ", true)).toBe("This is needed");
  expect(settingProblem(field("baseUrl"), "", false)).toBeNull();
  const formed: SettingField = { ...field("baseUrl"), pattern: /^https:/ };
  expect(settingProblem(formed, "ftp:", false)).not.toBeNull();
});

it("says of each setting that counts where it comes from", () => {
  const entry = makeIntegration({
    settings: { clientRef: 101, baseUrl: "https://own.example" },
    effectiveSettings: { clientRef: 101, baseUrl: "https://own.example" },
  });
  expect(factsOf(fields, entry).map(({ name, origin, hidden }) => [name, origin, hidden])).toEqual([
    ["baseUrl", "overrides", "https://tickets.example"],
    ["mode", "default", ""],
    ["clientRef", "own", ""],
  ]);
  expect(factsOf(fields, makeIntegration()).map(({ name, origin }) => [name, origin])).toEqual([
    ["baseUrl", "inherited"],
    ["clientSecret", "inherited"],
    ["mode", "default"],
    ["clientRef", "own"],
  ]);
});
