import { expect, it } from "vitest";

import { partsOf } from "@/features/metrics/model/health";

it("lists a service's parts by what they are for, with what is wrong with them", () => {
  const components = [
    { name: "tables", status: "ok" as const, durationMs: 3, message: null },
    { name: "vault", status: "down" as const, durationMs: 4000, message: "Key Vault did not answer." },
    { name: "something", status: "ok" as const, durationMs: null, message: null },
  ];
  expect(partsOf({ status: "degraded", components })).toEqual([
    { name: "Tables (records)", status: "ok", detail: "", durationMs: 3 },
    { name: "Key Vault (secrets)", status: "down", detail: "Key Vault did not answer.", durationMs: 4000 },
    { name: "something", status: "ok", detail: "", durationMs: null },
  ]);
});

it("counts the engine's runners and author files among its parts", () => {
  const runners = { status: "degraded" as const, ready: 1, wanted: 2, maximum: 4, inFlight: 3, generation: 1 };
  const parts = partsOf({ status: "degraded", components: [], runners, discoveryErrors: 2 });
  expect(parts.map(({ status, detail }) => [status, detail])).toEqual([
    ["degraded", "1 of 2 ready, 3 running something now"],
    ["degraded", "2 could not be imported"],
  ]);
});
