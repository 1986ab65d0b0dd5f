import { describe, expect, it } from "vitest";

import { keyProblem, laidOut, valueProblem } from "@/features/configuration/model/values";

describe("a value of a type", () => {
  it.each([
    ["string", ""],
    ["string", "contoso.example"],
    ["int", " -42 "],
    ["int", "999999999999999999"],
    ["bool", "True"],
    ["json", '{"a": [1, null]}'],
    ["json", "3"],
    ["secret_ref", "backup_api-key"],
  ] as const)("%s takes %j", (type, text) => {
    expect(valueProblem(type, text)).toBeNull();
  });

  it.each([
    ["int", "4.5"],
    ["int", "1234567890123456789"],
    ["int", ""],
    ["bool", "yes"],
    ["json", "{a: 1}"],
    ["json", ""],
    ["json", "1e999"],
    ["json", '"\\ud800"'],
    ["json", '{"\\ud800": 1}'],
    ["secret_ref", ""],
    ["secret_ref", "Has Spaces"],
    ["secret_ref", "-edge"],
    ["string", "a\0b"],
    ["string", "half \ud800"],
    ["string", "ä".repeat(5121)],
  ] as const)("%s refuses %j", (type, text) => {
    expect(valueProblem(type, text)).not.toBeNull();
  });

  it("says where JSON breaks", () => {
    expect(valueProblem("json", '{"a": }')).toMatch(/This is no JSON: .*(position|token)/);
  });
});

it("takes keys as the API does", () => {
  expect(keyProblem("mail.domain_2-x")).toBeNull();
  expect(keyProblem("mail domain")).not.toBeNull();
  expect(keyProblem("k".repeat(101))).not.toBeNull();
});

describe("laying out JSON", () => {
  it("spreads it over lines", () => {
    expect(laidOut('{"a":1}')).toBe('{\n  "a": 1\n}');
  });

  it("leaves alone what is no JSON, and numbers that it would change", () => {
    expect(laidOut("{a}")).toBe("{a}");
    expect(laidOut("[12345678901234567890]")).toBe("[12345678901234567890]");
    expect(laidOut("[1.0]")).toBe("[1.0]");
  });
});
