import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { ExecutionPage } from "@/app/pages/execution-page";
import { renderAt, technician } from "@/app/pages/testing";
import type { Me } from "@/shared/session/me";
import { makeExecution } from "@/testing/data";
import { engineUrl, managementUrl, server } from "@/testing/server";

const admin: Me = { ...technician, isAdmin: true };
const client: Me = { ...technician, userType: "ORG" };

async function againPath(execution: Partial<ReturnType<typeof makeExecution>>, me = technician, permissions = {}) {
  server.use(
    http.get(`${managementUrl}/api/executions/:id`, () => HttpResponse.json(makeExecution(execution))),
    http.get(`${engineUrl}/api/executions/:id/logs`, () =>
      HttpResponse.json({ status: "Success", items: [], next: 0, done: true }),
    ),
  );
  const of = execution.organizationId === "GLOBAL" ? "?of=global" : "";
  renderAt(<ExecutionPage />, { route: "/executions/:executionId", path: `/executions/x${of}`, me, permissions });
  await waitFor(() => expect(screen.getByRole("button", { name: "Copy link" })).toBeVisible());
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
