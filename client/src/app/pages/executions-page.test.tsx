import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it, vi } from "vitest";

import { ExecutionsPage } from "@/app/pages/executions-page";
import type { Me, MyOrganization } from "@/shared/session/me";
import { MeContext, OrganizationContext } from "@/shared/session/session-context";
import { contoso, fabrikam, makeExecution } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { engineUrl, managementUrl, server } from "@/testing/server";

const permissions = {
  canExecuteWorkflows: true,
  canManageConfig: false,
  canManageForms: false,
  canViewHistory: true,
};
const organization: MyOrganization = { id: contoso, name: "Contoso", permissions };
const technician: Me = {
  id: "tenant.technician",
  name: "Service Desk",
  email: "technician@msp.example",
  userType: "MSP",
  isAdmin: false,
  organizations: [organization, { id: fabrikam, name: "Fabrikam", permissions }],
};
const admin: Me = { ...technician, id: "tenant.admin", isAdmin: true };

interface Asked {
  organization: string | null;
  query: Record<string, string>;
}

/** Answers the lists of executions, and records what was asked. */
function serveExecutions(answer: (asked: Asked) => Response = () => HttpResponse.json([makeExecution()])): Asked[] {
  const all: Asked[] = [];
  server.use(
    http.get(`${managementUrl}/api/executions`, ({ request }) => {
      const asked = {
        organization: request.headers.get("x-organization-id"),
        query: Object.fromEntries(new URL(request.url).searchParams),
      };
      all.push(asked);
      return answer(asked);
    }),
    http.get(`${managementUrl}/api/executions/users/:id`, ({ params }) => {
      const asked = { organization: null, query: { user: String(params.id) } };
      all.push(asked);
      return answer(asked);
    }),
    http.get(`${managementUrl}/api/forms`, () => HttpResponse.json([])),
    http.get(`${managementUrl}/api/users`, () => HttpResponse.json([])),
    http.get(`${engineUrl}/api/admin/metadata`, () =>
      HttpResponse.json({ workflows: [{ name: "onboard_user" }, { name: "licence_report" }] }),
    ),
  );
  return all;
}

function renderExecutions(me: Me, path = `/executions?org=${contoso}`) {
  const page = (
    <MeContext value={me}>
      <OrganizationContext value={organization}>
        <ExecutionsPage />
      </OrganizationContext>
    </MeContext>
  );
  return { ...renderPage(page, { path }), user: userEvent.setup() };
}

it("asks for what the address says", async () => {
  const asked = serveExecutions();
  renderExecutions(technician, `/executions?org=${contoso}&status=Failed&workflow=gone_workflow&from=2026-03-01`);
  expect(await screen.findByRole("link", { name: "Onboard user" })).toBeVisible();
  expect(asked[0]).toMatchObject({
    organization: contoso,
    query: { status: "Failed", workflowName: "gone_workflow", from: new Date("2026-03-01T00:00").toISOString() },
  });
  expect(screen.getByRole("combobox", { name: "Workflow" })).toHaveValue("gone_workflow");
});

it("puts a filter into the address, and takes all of them out again", async () => {
  const asked = serveExecutions(({ query }) => HttpResponse.json(query.status === "Failed" ? [] : [makeExecution()]));
  const { user, router } = renderExecutions(technician);
  await screen.findByRole("link", { name: "Onboard user" });
  await user.click(screen.getByRole("combobox", { name: "Status" }));
  await user.click(await screen.findByRole("option", { name: "Failed" }));
  expect(await screen.findByText("No execution matches these filters")).toBeVisible();
  expect(router.state.location.search).toContain("status=Failed");
  const [clear = document.body] = screen.getAllByRole("button", { name: "Clear filters" });
  await user.click(clear);
  expect(await screen.findByRole("link", { name: "Onboard user" })).toBeVisible();
  expect(router.state.location.search).toBe(`?org=${contoso}`);
  expect(asked.at(-1)?.query.status).toBeUndefined();
});

it("shows an admin all organizations, each execution leading to its own", async () => {
  const asked = serveExecutions(({ organization: id }) =>
    HttpResponse.json([makeExecution({ organizationId: id === "*" ? fabrikam : contoso })]),
  );
  const { user } = renderExecutions(admin);
  await screen.findByRole("link", { name: "Onboard user" });
  await user.click(screen.getByRole("radio", { name: "All organizations" }));
  expect(await screen.findByRole("cell", { name: "Fabrikam" })).toBeVisible();
  expect(asked.at(-1)?.organization).toBe("*");
  expect(screen.getByRole("link", { name: "Onboard user" })).toHaveAttribute(
    "href",
    `/executions/execution-1?org=${fabrikam}`,
  );
});

it("offers all organizations to admins only, and somebody's own over all", async () => {
  const asked = serveExecutions();
  const { user } = renderExecutions(technician, `/executions?org=${contoso}&of=all`);
  await screen.findByRole("link", { name: "Onboard user" });
  expect(asked.map((one) => one.organization)).toEqual([contoso]);
  expect(screen.queryByRole("radio", { name: "All organizations" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("radio", { name: "Only mine" }));
  expect(await screen.findByRole("heading", { name: "My executions" })).toBeVisible();
  await waitFor(() => expect(asked.at(-1)?.query.user).toBe("tenant.technician"));
});

it("goes on where the page before ended, and exports every page", async () => {
  const saved: Blob[] = [];
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => (saved.push(blob), "blob:x") }));
  serveExecutions(({ query }) =>
    query.cursor === "c1"
      ? HttpResponse.json([makeExecution({ executionId: "two", workflowName: "licence_report" })])
      : HttpResponse.json([makeExecution()], { headers: { "X-Next-Cursor": "c1" } }),
  );
  const { user } = renderExecutions(technician);
  await user.click(await screen.findByRole("button", { name: "Load more" }));
  const table = screen.getByRole("table");
  expect(await within(table).findByRole("link", { name: "Licence report" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Export CSV" }));
  await user.click(await screen.findByRole("menuitem", { name: /Everything that matches/ }));
  await waitFor(() => expect(saved).toHaveLength(1));
  const lines = ((await saved[0]?.text()) ?? "").trim().split("\r\n");
  expect(lines).toHaveLength(3);
  expect(lines[2]).toContain("licence_report,Contoso,");
});

it("says why the list could not be loaded", async () => {
  serveExecutions(() =>
    HttpResponse.json(
      { error: "Forbidden", message: "You may not view the history here.", details: {} },
      { status: 403, headers: { "X-Request-Id": "req-5" } },
    ),
  );
  renderExecutions(technician);
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("You may not view the history here.");
  expect(alert).toHaveTextContent("req-5");
});
