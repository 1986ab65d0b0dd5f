import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import { RunWorkflowPage } from "@/app/pages/run-workflow-page";
import { renderAt, technician } from "@/app/pages/testing";
import { contoso, makeExecution, makeField, makeForm } from "@/testing/data";
import { engineUrl, managementUrl, server } from "@/testing/server";

const parameters = [
  { name: "name", label: "Name", type: "string", required: true },
  { name: "aliases", label: "Aliases", type: "list", required: false },
  { name: "extra", label: "Extra", type: "json", required: false },
  { name: "photo", label: "Photo", type: "file", required: false },
];
const fields = [
  makeField({ name: "name", label: "Name", required: true }),
  makeField({ name: "aliases", label: "Aliases", type: "textarea" }),
  makeField({ name: "extra", label: "Extra", type: "textarea" }),
  makeField({ name: "photo", label: "Photo", type: "file" }),
];

interface Sent {
  organization: string | null;
  key: string | null;
  prefer: string | null;
  body: unknown;
}
let sent: Sent[] = [];
let read: (string | null)[] = [];

beforeEach(() => {
  sent = [];
  read = [];
  const form = makeForm(fields, { name: "Greet", linkedWorkflow: "greet", isGlobal: false });
  const execution = makeExecution({ workflowName: "greet", formId: null, result: { done: true } });
  const earlier = { ...execution, inputData: { name: "Ada", aliases: ["a", "b"], extra: { n: 1 } } };
  server.use(
    http.get(`${engineUrl}/api/admin/metadata`, () =>
      HttpResponse.json({
        workflows: [
          { name: "greet", parameters, requiresOrg: false },
          { name: "scan", parameters: [{ name: "table", label: "Table", type: "file", required: true }] },
        ],
      }),
    ),
    http.post(`${managementUrl}/api/forms/generate`, () => HttpResponse.json(form)),
    http.post(`${engineUrl}/api/workflows/greet`, async ({ request }) => {
      sent.push({
        organization: request.headers.get("x-organization-id"),
        key: request.headers.get("idempotency-key"),
        prefer: request.headers.get("prefer"),
        body: await request.json(),
      });
      return HttpResponse.json(execution);
    }),
    http.get(`${managementUrl}/api/executions/:id`, ({ request }) => {
      read.push(request.headers.get("x-organization-id"));
      return HttpResponse.json(earlier);
    }),
    http.get(`${engineUrl}/api/executions/:id/logs`, () =>
      HttpResponse.json({ status: "Success", items: [], next: 0, done: true }),
    ),
  );
});

function open(name = "greet", search = "", permissions = {}, me = technician) {
  return renderAt(<RunWorkflowPage />, {
    me,
    route: "/workflows/:name/run",
    path: `/workflows/${name}/run${search}`,
    permissions,
  });
}
const run = () => screen.getByRole("button", { name: "Run" });

it("runs a workflow for the organization with what its parameters ask for", async () => {
  const { router } = open();
  await userEvent.type(await screen.findByLabelText(/Name/), "Ada");
  await userEvent.type(screen.getByLabelText("Aliases"), "a{Enter}b");
  await userEvent.type(screen.getByLabelText("Extra"), '{{"n": 1}');
  await userEvent.click(run());
  await waitFor(() => expect(router.state.location.search).toBe("?execution=execution-1"));
  expect(sent).toEqual([
    {
      organization: contoso,
      key: expect.any(String) as string,
      prefer: "wait=1",
      body: { parameters: { name: "Ada", aliases: ["a", "b"], extra: { n: 1 } } },
    },
  ]);
  expect(await screen.findByRole("heading", { name: /^Execution/ })).toBeVisible();
});

it("runs in the background for those who ask for it", async () => {
  open();
  await userEvent.type(await screen.findByLabelText(/Name/), "Ada");
  await userEvent.click(screen.getByLabelText("Run in the background"));
  await userEvent.click(run());
  await waitFor(() => expect(sent.map(({ prefer }) => prefer)).toEqual(["respond-async"]));
});

it("runs once more without an organization, and for the one at the top when an admin says so", async () => {
  const { router } = open("greet", "?from=execution-1&of=global", {}, { ...technician, isAdmin: true });
  expect(await screen.findByLabelText(/Name/)).toHaveValue("Ada");
  await userEvent.click(run());
  await waitFor(() => expect(router.state.location.search).toContain("execution=execution-1"));
  expect(sent.map(({ organization }) => organization)).toEqual([null]);
  expect(new Set(read)).toEqual(new Set(["GLOBAL"]));
  expect(await screen.findByRole("link", { name: "Open details" })).toHaveAttribute(
    "href",
    "/executions/execution-1?of=global",
  );
  await userEvent.click(screen.getByRole("radio", { name: "Contoso" }));
  expect(router.state.location.search).toBe("?from=execution-1");
  expect(screen.getByLabelText(/Name/)).toHaveValue("Ada");
  await userEvent.click(run());
  await waitFor(() => expect(sent.map(({ organization }) => organization)).toEqual([null, contoso]));
});

it("offers nobody but an admin to run it without an organization", async () => {
  open("greet", "?of=global");
  await userEvent.type(await screen.findByLabelText(/Name/), "Ada");
  expect(screen.queryByRole("radio", { name: "No organization" })).not.toBeInTheDocument();
  await userEvent.click(run());
  await waitFor(() => expect(sent.map(({ organization }) => organization)).toEqual([contoso]));
});

it("sends nothing while a text is no JSON, and says so at its field", async () => {
  open();
  await userEvent.type(await screen.findByLabelText(/Name/), "Ada");
  await userEvent.type(screen.getByLabelText("Extra"), "no json");
  await userEvent.click(run());
  expect(await screen.findByText("Enter JSON.")).toBeVisible();
  expect(screen.getByLabelText("Extra")).toHaveFocus();
  expect(sent).toEqual([]);
});

it("is filled with an earlier run's input", async () => {
  open("greet", "?from=execution-1");
  expect(await screen.findByLabelText(/Name/)).toHaveValue("Ada");
  expect(screen.getByLabelText("Aliases")).toHaveValue("a\nb");
  expect(screen.getByLabelText("Extra")).toHaveValue('{"n":1}');
});

it("leaves out a file that may be missing, and says so", async () => {
  open();
  expect(await screen.findByLabelText(/Name/)).toBeVisible();
  expect(screen.queryByText("Photo")).not.toBeInTheDocument();
  expect(screen.getByText(/Files are left out here/)).toBeVisible();
});

it("leads to a form where a file is needed", async () => {
  open("scan");
  expect(await screen.findByText("This workflow takes a file")).toBeVisible();
  expect(screen.getByRole("link", { name: "Create form" })).toHaveAttribute("href", "/forms/new?workflow=scan");
});

it("cannot be run by somebody without the right to", async () => {
  open("greet", "", { canExecuteWorkflows: false });
  expect(await screen.findByText(/You may not run this workflow for Contoso/)).toBeVisible();
  expect(run()).toBeDisabled();
});
