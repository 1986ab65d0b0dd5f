import { expect, it } from "vitest";

import { parseConfig } from "@/shared/config/runtime-config";

const given = {
  managementApi: "https://management.example/",
  workflowEngine: "https://engine.example",
  auth: {
    clientId: "id",
    authority: "https://login.microsoftonline.com/organizations",
    scope: "api://x/y",
    localIdp: null,
  },
  longPollSeconds: 20,
};

it("reads what a deployment wrote", () => {
  expect(parseConfig(given)).toEqual({ ...given, managementApi: "https://management.example" });
});

it("names what is missing", () => {
  expect(() => parseConfig({ ...given, auth: { ...given.auth, scope: "" } })).toThrow('config.json has no "scope".');
  expect(() => parseConfig("<html>")).toThrow("config.json is not the expected object.");
});

it("polls where nothing is said, and never holds a request longer than the services do", () => {
  expect(parseConfig({ ...given, longPollSeconds: undefined }).longPollSeconds).toBe(0);
  expect(parseConfig({ ...given, longPollSeconds: 600 }).longPollSeconds).toBe(20);
});
