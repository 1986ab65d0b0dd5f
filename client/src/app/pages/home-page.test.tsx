import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import { HomePage } from "@/app/pages/home-page";
import { renderAt, technician } from "@/app/pages/testing";
import type { Me } from "@/shared/session/me";
import { makeExecution, makeForm } from "@/testing/data";
import { engineUrl, managementUrl, server } from "@/testing/server";

const client: Me = { ...technician, id: "tenant.client", userType: "ORG" };
const forms = ["Add a user", "Order a laptop", "Reset MFA"].map((name, index) =>
  makeForm([], { id: `form-${index}`, name }),
);
const byStatus = { Success: 9, Failed: 1 };
const durations = { p50Ms: 1, p95Ms: 1, p99Ms: 1, maxMs: 1 };

beforeEach(() => {
  localStorage.clear();
  const runners = { status: "ok", ready: 2, wanted: 2, maximum: 4, inFlight: 0, generation: 1 };
  server.use(
    http.get(`${managementUrl}/api/forms`, () => HttpResponse.json(forms)),
    http.get(`${managementUrl}/api/executions`, () => HttpResponse.json([makeExecution()])),
    http.get(`${managementUrl}/api/executions/users/:id`, () => HttpResponse.json([makeExecution()])),
    http.get(`${managementUrl}/api/health`, () => new HttpResponse(null, { status: 503 })),
    http.get(`${engineUrl}/api/health`, () =>
      HttpResponse.json({ status: "degraded", components: [], runners, discoveryErrors: 1 }),
    ),
    http.get(`${managementUrl}/api/metrics`, () =>
      HttpResponse.json({
        window: "24h",
        organizations: null,
        buckets: [],
        slowestWorkflows: [],
        failingWorkflows: [],
        total: { count: 10, byStatus, failureRate: 0.1, durations },
      }),
    ),
  );
});

const open = (me = technician) => renderAt(<HomePage />, { route: "/", path: "/", me });
const names = () =>
  within(screen.getByRole("list", { name: /orms/ }))
    .getAllByRole("link")
    .map((link) => link.textContent);

it("puts a technician's favourite forms first, and keeps them in this browser for them alone", async () => {
  const { unmount } = open();
  const star = await screen.findByRole("button", { name: "Favourite: Reset MFA" });
  expect(star).toHaveAttribute("aria-pressed", "false");
  await userEvent.click(star);
  expect(screen.getByRole("button", { name: "Favourite: Reset MFA" })).toHaveAttribute("aria-pressed", "true");
  expect(names()).toEqual(["Reset MFA", "Add a user", "Order a laptop"]);
  unmount();

  const other = open({ ...technician, id: "tenant.other" });
  await screen.findByRole("button", { name: "Favourite: Reset MFA" });
  expect(names()).toEqual(["Add a user", "Order a laptop", "Reset MFA"]);
  other.unmount();

  open();
  await userEvent.click(await screen.findByRole("button", { name: "Favourite: Reset MFA", pressed: true }));
  expect(names()).toEqual(["Add a user", "Order a laptop", "Reset MFA"]);
});

it("tells a technician how the platform is", async () => {
  open();
  const health = within(await screen.findByRole("region", { name: "Health" }));
  await waitFor(() => expect(health.getByText("It does not answer.")).toBeVisible());
  expect(health.getByText("Author files: 1 could not be imported")).toBeVisible();
  expect(await health.findByText("Last 24 hours: 10 executions, 1 failed (10 %).")).toBeVisible();
  expect(health.getByRole("link", { name: "Services and metrics" })).toHaveAttribute("href", "/health");
});

it("shows a client user their forms and executions, and nothing about the platform", async () => {
  open(client);
  expect(await screen.findByRole("list", { name: "Your forms" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /Favourite/ })).not.toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "Health" })).not.toBeInTheDocument();
});

it("tells at once why something failed", async () => {
  const message = "There is no free seat of Microsoft 365 Business Premium.";
  const failed = makeExecution({ status: "Failed", error: { type: "WorkflowError", message, details: {} } });
  server.use(http.get(`${managementUrl}/api/executions`, () => HttpResponse.json([failed])));
  open();
  expect(await screen.findByText(message)).toBeVisible();
});

it("calls a client user's executions by their forms", async () => {
  server.use(
    http.get(`${managementUrl}/api/executions/users/:id`, () =>
      HttpResponse.json([makeExecution({ formId: "form-0" }), makeExecution({ formId: "gone", executionId: "other" })]),
    ),
  );
  open(client);
  const list = within(await screen.findByRole("list", { name: "Your last executions" }));
  expect(await list.findByText("Add a user")).toBeVisible();
  expect(list.getByText("Onboard user")).toBeVisible();
});
