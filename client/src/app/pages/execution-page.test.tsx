import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { ExecutionPage } from "@/app/pages/execution-page";
import { renderAt, technician } from "@/app/pages/testing";
import type { Me } from "@/shared/session/me";
import { makeExecution, makeForm } from "@/testing/data";
import { engineUrl, managementUrl, server } from "@/testing/server";

const admin: Me = { ...technician, isAdmin: true };
const client: Me = { ...technician, userType: "ORG" };

const form = makeForm([], { id: "form-1", name: "Onboard a colleague" });

async function open(execution: Partial<ReturnType<typeof makeExecution>>, me = technician, permissions = {}) {
  server.use(
    http.get(`${managementUrl}/api/forms`, () => HttpResponse.json([form])),
    http.get(`${managementUrl}/api/integration-types`, () =>
      HttpResponse.json([{ type: "msgraph", label: "Microsoft Graph", settingsSchema: {} }]),
    ),
    http.get(`${managementUrl}/api/executions/:id`, () => HttpResponse.json(makeExecution(execution))),
    http.get(`${engineUrl}/api/executions/:id/logs`, () =>
      HttpResponse.json({ status: "Success", items: [], next: 0, done: true }),
    ),
  );
  const of = execution.organizationId === "GLOBAL" ? "?of=global" : "";
  renderAt(<ExecutionPage />, { route: "/executions/:executionId", path: `/executions/x${of}`, me, permissions });
  await waitFor(() => expect(screen.getByRole("button", { name: "Copy link" })).toBeVisible());
}

async function againPath(...of: Parameters<typeof open>) {
  await open(...of);
  return screen.queryByRole("link", { name: "Run again" })?.getAttribute("href") ?? null;
}

it("runs a form again by the form", async () => {
  expect(await againPath({ formId: "form-1" })).toBe("/forms/form-1?from=execution-1");
});

it("runs a workflow again by its parameters", async () => {
  expect(await againPath({ formId: null })).toBe("/workflows/onboard_user/run?from=execution-1");
});

it("runs again without an organization what ran without one", async () => {
  expect(await againPath({ formId: null, organizationId: "GLOBAL" }, admin)).toBe(
    "/workflows/onboard_user/run?from=execution-1&of=global",
  );
});

it.each([
  ["a technician without the right", technician, { canExecuteWorkflows: false }],
  ["a client user", client, {}],
])("offers no run by the workflow to %s", async (_, me, permissions) => {
  expect(await againPath({ formId: null }, me, permissions)).toBeNull();
});

it("is called by its form to a client user, who knows no workflows", async () => {
  await open({}, client);
  expect(await screen.findByRole("heading", { level: 1, name: "Onboard a colleague" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Onboard a colleague" })).toHaveAttribute("href", "/forms/form-1");
  expect(screen.queryByText("Onboard user")).toBeNull();
});

it("names workflow, form and systems to a technician", async () => {
  const call = { integration: "msgraph", method: "GET", endpoint: "/users", statusCode: 200, durationMs: 12 };
  await open({ integrationCalls: [{ ...call, timestamp: "2026-03-01T09:00:00Z" }] });
  expect(screen.getByRole("heading", { level: 1, name: "Onboard user" })).toBeVisible();
  expect(await screen.findByRole("link", { name: "Onboard a colleague" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Onboard user" })).toHaveAttribute("href", "/workflows/onboard_user");
  expect(await screen.findByRole("cell", { name: "Microsoft Graph" })).toBeVisible();
});
