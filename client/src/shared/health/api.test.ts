import { expect, it } from "vitest";

import type { HealthAnswer } from "@/api/generated/workflow-engine/types.gen";
import { troubleOf } from "@/shared/health/api";

function makeHealth(change: Partial<HealthAnswer> = {}): HealthAnswer {
  const runners = { status: "ok" as const, ready: 2, wanted: 2, maximum: 8, inFlight: 0, generation: 1 };
  return { status: "ok", components: [{ name: "tables", status: "ok" }], discoveryErrors: 0, runners, ...change };
}

it("sees no trouble where all is well", () => {
  expect(troubleOf("workflow-engine", makeHealth())).toBeNull();
});

it("does not take a workflow file with a mistake for an outage", () => {
  expect(troubleOf("workflow-engine", makeHealth({ status: "degraded", discoveryErrors: 1 }))).toBeNull();
});

it("names the parts that are away", () => {
  const components = [
    { name: "tables", status: "ok" as const },
    { name: "vault", status: "down" as const },
  ];
  expect(troubleOf("management-api", { status: "degraded", components: components as never })).toEqual({
    service: "management-api",
    kind: "degraded",
    detail: "vault",
  });
});

it("says that nothing can be run without runners", () => {
  const health = makeHealth({ status: "down" });
  expect(troubleOf("workflow-engine", { ...health, runners: { ...health.runners, status: "down" } })).toMatchObject({
    kind: "down",
    detail: "runners",
  });
});
