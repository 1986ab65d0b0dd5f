import { expect, it } from "vitest";

import {
  addressesOf,
  emptyWebhook,
  newWebhookOf,
  parametersOf,
  webhookChangeOf,
  webhookUrl,
} from "@/features/webhooks/model/draft";

const draft = { ...emptyWebhook, name: "Tickets", workflowName: "triage_ticket", parameters: '{"queue": 3}' };

it.each([
  ["", {}],
  [' {"a": 1} ', { a: 1 }],
  ["[1]", null],
  ["{", null],
  ["null", null],
])("reads fixed parameters from %j", (text, parameters) => {
  expect(parametersOf(text)).toEqual(parameters);
});

it("reads addresses from lines, commas and blanks", () => {
  expect(addressesOf(" 203.0.113.7,\n2001:db8::/32 \n")).toEqual(["203.0.113.7", "2001:db8::/32"]);
});

it("sends what was typed", () => {
  expect(newWebhookOf({ ...draft, name: " Tickets ", payloadParameter: "event" })).toEqual({
    name: "Tickets",
    workflowName: "triage_ticket",
    authentication: "apiKey",
    parameters: { queue: 3 },
    payloadParameter: "event",
    allowedAddresses: [],
  });
});

it("sends only what was changed", () => {
  expect(webhookChangeOf(draft, { ...draft, parameters: '{ "queue":3 }' })).toEqual({});
  expect(webhookChangeOf(draft, { ...draft, parameters: "", allowedAddresses: "203.0.113.7" })).toEqual({
    parameters: {},
    allowedAddresses: ["203.0.113.7"],
  });
  expect(webhookChangeOf({ ...draft, payloadParameter: "event" }, draft)).toEqual({ payloadParameter: null });
});

it("puts the path at the engine's address", () => {
  expect(webhookUrl("https://engine.example/", "/api/webhooks/c/w")).toBe("https://engine.example/api/webhooks/c/w");
});
