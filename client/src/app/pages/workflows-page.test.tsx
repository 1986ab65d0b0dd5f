import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import type { Catalog } from "@/api/generated/workflow-engine/types.gen";
import { renderAt, technician } from "@/app/pages/testing";
import { WorkflowPage } from "@/app/pages/workflow-page";
import { WorkflowsPage } from "@/app/pages/workflows-page";
import { makeExecution } from "@/testing/data";
import { engineUrl, managementUrl, server } from "@/testing/server";

const catalog: Catalog = {
  workflows: [
    {
      name: "onboard_user",
      description: "Create a user.",
      category: "People",
      tags: ["m365"],
      sourceFile: "workflows/onboard_user.py",
      contentHash: "0123456789abcdef",
      parameters: [
        { name: "email", label: "E-mail", type: "email", required: true, helpText: "Sign-in name" },
        { name: "seats", label: "Seats", type: "int", required: false, defaultValue: 1, validation: { min: 1 } },
      ],
      schedules: [{ name: "nightly", cron: "0 2 * * *", timezone: "Europe/Berlin" }],
    },
    { name: "licence_report", category: "Reports", tags: ["m365", "licences"] },
    {
      name: "import_users",
      category: "People",
      parameters: [{ name: "table", label: "Table", type: "file", required: true }],
    },
  ],
  dataProviders: [{ name: "get_groups", description: "Groups.", cacheTtlSeconds: 300 }],
  errors: [{ sourceFile: "workflows/broken.py", line: 12, message: "SyntaxError: invalid syntax" }],
};

function serve(body: Catalog = catalog): void {
  server.use(http.get(`${engineUrl}/api/admin/metadata`, () => HttpResponse.json(body)));
}

const openList = (search = "") => renderAt(<WorkflowsPage />, { route: "/workflows", path: `/workflows${search}` });
const open = (name: string, change = {}) =>
  renderAt(<WorkflowPage />, { route: "/workflows/:name", path: `/workflows/${name}`, permissions: change });
const rows = () => screen.getAllByRole("row").slice(1);

it("lists workflows by name, and the files that could not be imported with line and message", async () => {
  serve();
  openList();
  expect(await screen.findByRole("link", { name: "Onboard user" })).toBeVisible();
  expect(rows().map((row) => within(row).getByRole("link").textContent)).toEqual([
    "Import users",
    "Licence report",
    "Onboard user",
  ]);
  expect(screen.getByText("1 file could not be imported")).toBeVisible();
  expect(screen.getByText("workflows/broken.py:12")).toBeVisible();
  expect(screen.getByText("SyntaxError: invalid syntax")).toBeVisible();
});

it("keeps search and filters in the address, and offers to take them away when nothing matches", async () => {
  serve();
  const { router } = openList("?category=People&q=licence");
  expect(await screen.findByText("No workflow matches")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Show all workflows" }));
  expect(rows()).toHaveLength(3);
  expect(router.state.location.search).toBe("");
  await userEvent.type(screen.getByRole("searchbox"), "licence");
  expect(rows()).toHaveLength(1);
  expect(router.state.location.search).toBe("?q=licence");
});

it("lists data providers too", async () => {
  serve();
  openList("?view=providers");
  expect(await screen.findByText("get_groups")).toBeVisible();
  expect(screen.getByText("5 min")).toBeVisible();
});

it("says what to do while there are no workflows", async () => {
  serve({});
  openList();
  expect(await screen.findByText("No workflows yet")).toBeVisible();
});

it("says why the catalog could not be loaded, and tries again", async () => {
  server.use(http.get(`${engineUrl}/api/admin/metadata`, () => new HttpResponse(null, { status: 503 })));
  openList();
  expect(await screen.findByText("The catalog could not be loaded.")).toBeVisible();
  serve();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Onboard user" })).toBeVisible();
});

it("asks for nothing on behalf of a client user", () => {
  renderAt(<WorkflowsPage />, { route: "*", path: "/workflows", me: { ...technician, userType: "ORG" } });
  expect(screen.getByText("This page is for the people of your IT provider.")).toBeVisible();
});

it("shows what a workflow takes, when it runs by itself and its last executions", async () => {
  serve();
  const asked: string[] = [];
  server.use(
    http.get(`${managementUrl}/api/executions`, ({ request }) => {
      asked.push(new URL(request.url).searchParams.get("workflowName") ?? "");
      return HttpResponse.json([makeExecution()]);
    }),
  );
  open("onboard_user");
  const parameters = await screen.findByRole("table", { name: "Parameters" });
  expect(within(parameters).getByRole("row", { name: /E-mail.*Sign-in name E-mail address Yes – – –/ })).toBeVisible();
  expect(within(parameters).getByRole("row", { name: /Seats.*Whole number No 1 at least 1 –/ })).toBeVisible();
  expect(screen.getByText("0123456789ab")).toBeVisible();
  expect(screen.getByText("0 2 * * *")).toBeVisible();
  expect(await screen.findByText("Succeeded")).toBeVisible();
  expect(asked).toEqual(["onboard_user"]);
  expect(screen.getByRole("link", { name: "Create form" })).toHaveAttribute("href", "/forms/new?workflow=onboard_user");
  expect(screen.getByRole("link", { name: "Run" })).toHaveAttribute("href", "/workflows/onboard_user/run");
});

it("offers only what somebody may do, and asks for no history that they may not view", async () => {
  serve();
  open("onboard_user", { canExecuteWorkflows: false, canManageForms: false, canViewHistory: false });
  expect(await screen.findByRole("table", { name: "Parameters" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "Run" })).not.toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "Create form" })).not.toBeInTheDocument();
  expect(screen.queryByRole("heading", { name: "Last executions" })).not.toBeInTheDocument();
});

it("says that a workflow which takes a file needs a form", async () => {
  serve();
  open("import_users", { canViewHistory: false });
  expect(await screen.findByText(/It takes a file/)).toBeVisible();
  expect(screen.queryByRole("link", { name: "Run" })).not.toBeInTheDocument();
});

it("shows import errors for a workflow that is not there: its file may be among them", async () => {
  serve();
  open("gone");
  expect(await screen.findByText("There is no such workflow")).toBeVisible();
  expect(screen.getByText("workflows/broken.py:12")).toBeVisible();
});
