import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { HealthPage } from "@/app/pages/health-page";
import { renderAt } from "@/app/pages/testing";
import type { Metrics } from "@/features/metrics/model/metrics";
import { engineUrl, managementUrl, server } from "@/testing/server";

const byStatus = { Pending: 1, Running: 1, Success: 6, Failed: 1, Cancelled: 0, TimedOut: 1 };
const durations = { p50Ms: 800, p95Ms: 64_000, p99Ms: 64_000, maxMs: 65_000 };
const tally = { count: 10, byStatus, failureRate: 0.25, durations };

const metrics: Metrics = {
  window: "24h",
  startsAt: "2026-03-01T09:00:00Z",
  endsAt: "2026-03-02T09:00:00Z",
  organizations: 2,
  total: tally,
  buckets: [{ ...tally, startsAt: "2026-03-01T09:00:00Z", endsAt: "2026-03-01T10:00:00Z" }],
  slowestWorkflows: [{ ...tally, workflowName: "onboard_user" }],
  failingWorkflows: [],
};

function serve(): string[] {
  const windows: string[] = [];
  const runners = { status: "ok", ready: 2, wanted: 2, maximum: 4, inFlight: 0, generation: 1 };
  const away = { name: "vault", status: "down", durationMs: 4000, message: "Key Vault did not answer." };
  server.use(
    http.get(`${managementUrl}/api/health`, () => HttpResponse.json({ status: "degraded", components: [away] })),
    http.get(`${engineUrl}/api/health`, () =>
      HttpResponse.json({ status: "degraded", components: [], runners, discoveryErrors: 1 }),
    ),
    http.get(`${engineUrl}/api/admin/metadata`, () =>
      HttpResponse.json({ errors: [{ sourceFile: "workflows/broken.py", line: 3, message: "NameError: x" }] }),
    ),
    http.get(`${managementUrl}/api/metrics`, ({ request }) => {
      windows.push(new URL(request.url).searchParams.get("window") ?? "");
      return HttpResponse.json(metrics);
    }),
  );
  return windows;
}

const open = (search = "") => renderAt(<HealthPage />, { route: "/health", path: `/health${search}` });

it("says of each service what works, what does not and why", async () => {
  serve();
  open();
  const management = await screen.findByRole("region", { name: "Management service" });
  expect(within(management).getByText("Degraded")).toBeVisible();
  expect(within(management).getByRole("row", { name: "Key Vault (secrets) Key Vault did not answer. Down 4.0 s" })).toBeVisible();
  const engine = await screen.findByRole("region", { name: "Workflow engine" });
  expect(within(engine).getByText("2 of 2 ready, 0 running something now")).toBeVisible();
  expect(await screen.findByText("workflows/broken.py:3")).toBeVisible();
});

it("tells how executions went, in numbers and workflow by workflow", async () => {
  serve();
  open();
  expect(await screen.findByText("1 failed, 1 timed out")).toBeVisible();
  expect(await screen.findByRole("img", { name: /10 executions, 2 of them failed/ })).toBeVisible();
  expect(screen.getByText(/The 2 organizations whose history you may view\./)).toBeVisible();
  const slowest = screen.getByRole("table", { name: "Slowest" });
  expect(within(slowest).getByRole("row", { name: "Onboard user 10 2 (25 %) 800 ms 1 min 04 s" })).toBeVisible();
  expect(screen.getByText("No workflow has failed.")).toBeVisible();
  await userEvent.click(screen.getByText("The charts as a table"));
  expect(screen.getByRole("table", { name: "Executions over time" })).toBeVisible();
});

it("keeps the window in the address, and reads anew when asked to", async () => {
  const windows = serve();
  const { router } = open("?window=7d");
  expect(await screen.findByText("1 failed, 1 timed out")).toBeVisible();
  expect(windows).toEqual(["7d"]);
  await userEvent.click(screen.getByRole("button", { name: "Refresh" }));
  expect(windows).toEqual(["7d", "7d"]);
  await userEvent.click(screen.getByText("Last 24 hours"));
  expect(router.state.location.search).toBe("");
  expect(windows).toContain("24h");
});

it("shows what it can while a service is away", async () => {
  serve();
  server.use(http.get(`${engineUrl}/api/health`, () => HttpResponse.error()));
  open();
  expect(await screen.findByText("The health of the workflow engine could not be loaded.")).toBeVisible();
  expect(await screen.findByText("1 failed, 1 timed out")).toBeVisible();
});
