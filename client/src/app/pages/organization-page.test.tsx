import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { Route, Routes } from "react-router";
import { expect, it, vi } from "vitest";

import { OrganizationPage } from "@/app/pages/organization-page";
import { OrganizationPermissions } from "@/app/pages/organization-permissions";
import { OrganizationSchedules } from "@/app/pages/organization-schedules";
import { OrganizationWebhooks } from "@/app/pages/organization-webhooks";
import type { Me } from "@/shared/session/me";
import { MeContext } from "@/shared/session/session-context";
import { contoso, fabrikam, makeMe, makeOrganization, makePerson } from "@/testing/data";
import { fill } from "@/testing/fill";
import { renderPage } from "@/testing/render";
import { engineUrl, managementUrl, server } from "@/testing/server";

const organization = `${managementUrl}/api/organizations/${contoso}`;

function renderPart(me: Me, part = "", query = `?org=${contoso}`) {
  server.use(
    http.get(organization, () => HttpResponse.json(makeOrganization(), { headers: { ETag: '"v1"' } })),
    http.get(`${engineUrl}/api/admin/metadata`, () =>
      HttpResponse.json({ workflows: [{ name: "triage_ticket", parameters: [] }] }),
    ),
  );
  return renderPage(
    <MeContext value={me}>
      <Routes>
        <Route path="/organizations/:organizationId" element={<OrganizationPage />}>
          <Route index element={<p>The overview</p>} />
          <Route path="permissions" element={<OrganizationPermissions />} />
          <Route path="schedules" element={<OrganizationSchedules />} />
          <Route path="webhooks" element={<OrganizationWebhooks />} />
        </Route>
      </Routes>
    </MeContext>,
    { path: `/organizations/${contoso}${part}${query}` },
  );
}

const permissions = {
  canExecuteWorkflows: true,
  canManageConfig: false,
  canManageForms: false,
  canViewHistory: true,
};
const admin = makePerson({ isAdmin: true });
const reader = makePerson({ organizations: [{ id: contoso, name: "Contoso", permissions }] });

async function tabs(): Promise<string[]> {
  const nav = await screen.findByRole("navigation", { name: "Parts of the organization" });
  return within(nav)
    .getAllByRole("link")
    .map((link) => link.textContent);
}

it.each([
  [
    "an admin",
    admin,
    [
      "Overview",
      "Configuration",
      "Secrets",
      "Integrations",
      "Permissions",
      "Schedules",
      "Webhooks",
      "Executions",
    ],
  ],
  ["who may see the history", reader, ["Overview", "Schedules", "Executions"]],
  [
    "who may only run workflows",
    makePerson({
      organizations: [{ id: contoso, name: "Contoso", permissions: { ...permissions, canViewHistory: false } }],
    }),
    ["Overview"],
  ],
  ["an admin, of an inactive organization", { ...admin, organizations: [] }, ["Overview"]],
])("shows the parts that are for %s", async (_, me, names) => {
  renderPart(me);
  expect(await tabs()).toEqual(names);
});

it("asks for nothing in a part that is not for this person", async () => {
  const asked = vi.fn(() => HttpResponse.json([]));
  server.use(http.get(`${organization}/webhooks`, asked));
  renderPart(reader, "/webhooks");
  expect(await screen.findByText("Not for you here")).toBeVisible();
  expect(asked).not.toHaveBeenCalled();
});

it("makes the organization at the top the one of the page", async () => {
  const { router } = renderPart(admin, "", `?org=${fabrikam}`);
  await waitFor(() => expect(router.state.location.search).toBe(`?org=${contoso}`));
});

it("adds a person with no right until one is ticked", async () => {
  const granted: unknown[] = [];
  const { user } = makeMe();
  server.use(
    http.get(`${managementUrl}/api/permissions/organizations/${contoso}`, () => HttpResponse.json([])),
    http.get(`${managementUrl}/api/users`, () => HttpResponse.json([user])),
    http.post(`${managementUrl}/api/permissions`, async ({ request }) => {
      granted.push(await request.json());
      return HttpResponse.json({}, { status: 201 });
    }),
  );
  renderPart(admin, "/permissions");
  await userEvent.click(await screen.findByRole("combobox", { name: "Add a person" }));
  await userEvent.click(await screen.findByRole("option", { name: /Service Desk Technician/ }));
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  const box = await screen.findByRole("checkbox", { name: "View history: Service Desk Technician" });
  expect(granted).toEqual([]);
  await userEvent.click(box);
  await waitFor(() =>
    expect(granted).toEqual([
      {
        userId: user.id,
        orgId: contoso,
        permissions: { ...permissions, canExecuteWorkflows: false },
      },
    ]),
  );
});

const tally = {
  countedSince: "2026-03-01T00:00:00Z",
  expected: 1,
  fired: 0,
  skipped: 0,
  missed: 1,
  failed: 0,
  overdue: 0,
};
const schedule = {
  workflowName: "licence_report",
  scheduleName: "weekly",
  organizationId: contoso,
  organizationName: "Contoso",
  cron: "0 6 * * 1",
  timezone: "Europe/Berlin",
  description: "At 06:00 on Monday",
  overlap: "skip",
  isEnabled: true,
  nextRuns: [{ at: "2026-03-02T05:00:00Z", local: "2026-03-02T06:00:00+01:00" }],
  lastRun: { executionId: "e1", dueAt: "2026-02-23T05:00:00Z", status: "Failed", startedAt: "2026-02-23T05:00:01Z" },
  lastDay: { ...tally, expected: 0, missed: 0 },
  lastWeek: tally,
};

it("switches a schedule off for this organization, and shows what became of its times", async () => {
  const switched: unknown[] = [];
  server.use(
    http.get(`${managementUrl}/api/schedules`, ({ request }) =>
      request.headers.get("X-Organization-Id") === contoso
        ? HttpResponse.json([schedule])
        : HttpResponse.json({}, { status: 403 }),
    ),
    http.put(`${organization}/schedules/licence_report/weekly`, async ({ request }) => {
      switched.push(await request.json());
      return HttpResponse.json({});
    }),
    http.get(`${managementUrl}/api/schedules/slots`, () =>
      HttpResponse.json([
        {
          ...schedule,
          dueAt: "2026-03-02T05:00:00Z",
          state: "missed",
          decidedAt: "2026-03-02T08:00:00Z",
          executionId: null,
          reason: "No engine was there in time.",
          missedSince: null,
          count: 1,
        },
      ]),
    ),
  );
  renderPart(admin, "/schedules");
  const card = within(await screen.findByRole("article", { name: "Licence report, weekly" }));
  expect(card.getByText("0 of 1 ran, 1 missed")).toBeVisible();
  expect(card.getByText("Failed")).toBeVisible();
  await userEvent.click(card.getByRole("button", { name: "Show recent times" }));
  expect(await card.findByText("No engine was there in time.")).toBeVisible();
  await userEvent.click(card.getByRole("switch", { name: "Run Licence report, weekly" }));
  await waitFor(() => expect(switched).toEqual([{ isEnabled: false }]));
});

it("lets nobody switch a schedule without the permission for it", async () => {
  server.use(http.get(`${managementUrl}/api/schedules`, () => HttpResponse.json([schedule])));
  renderPart(reader, "/schedules");
  expect(await screen.findByRole("switch", { name: "Run Licence report, weekly" })).toBeDisabled();
});

const webhook = {
  id: "w1",
  organizationId: contoso,
  name: "Tickets",
  workflowName: "triage_ticket",
  path: `/api/webhooks/${contoso}/w1`,
  authentication: "apiKey",
  parameters: {},
  payloadParameter: null,
  allowedAddresses: [],
  isActive: true,
  createdAt: "2026-01-01T00:00:00Z",
  createdBy: "tenant.admin",
  updatedAt: "2026-01-01T00:00:00Z",
  keyHint: "wxyz",
  keyCreatedAt: "2026-01-01T00:00:00Z",
  previousKeyHint: null,
  previousKeyValidUntil: null,
  lastUsedAt: null,
};

it("shows a new webhook's key once, with the address at the engine", async () => {
  const made: object[] = [];
  server.use(
    http.get(`${organization}/webhooks`, () => HttpResponse.json(made)),
    http.post(`${organization}/webhooks`, () => {
      made.push(webhook);
      return HttpResponse.json({ ...webhook, key: "the-one-key" }, { status: 201 });
    }),
  );
  renderPart(admin, "/webhooks");
  await userEvent.click(await screen.findByRole("button", { name: "New webhook" }));
  fill(screen.getByRole("textbox", { name: /Name/ }), "Tickets");
  await userEvent.click(screen.getByRole("combobox", { name: /Workflow/ }));
  await userEvent.click(await screen.findByRole("option", { name: "triage_ticket" }));
  await userEvent.click(screen.getByRole("button", { name: "Create the webhook" }));
  expect(await screen.findByText("the-one-key")).toBeVisible();
  expect(screen.getByText(`${engineUrl}/api/webhooks/${contoso}/w1`)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "I have copied it" }));
  await waitFor(() => expect(screen.queryByText("the-one-key")).not.toBeInTheDocument());
  expect(await screen.findByRole("row", { name: /Tickets/ })).toBeVisible();
});

it("says that fixed parameters are no JSON object, and sends nothing", async () => {
  const sent = vi.fn(() => HttpResponse.json({}, { status: 500 }));
  server.use(
    http.get(`${organization}/webhooks`, () => HttpResponse.json([])),
    http.post(`${organization}/webhooks`, sent),
  );
  renderPart(admin, "/webhooks");
  await userEvent.click(await screen.findByRole("button", { name: "New webhook" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Fixed parameters" }), "[[1]");
  expect(screen.getByText(/This is no JSON object/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Create the webhook" }));
  // Clicking waits for what it starts: a request would show as running.
  expect(screen.getByRole("button", { name: "Create the webhook" })).not.toHaveAttribute("data-loading");
  expect(sent).not.toHaveBeenCalled();
});

it("names the webhook before it deletes it, and the version it saw", async () => {
  const versions: (string | null)[] = [];
  server.use(
    http.get(`${organization}/webhooks`, () => HttpResponse.json(versions.length === 0 ? [webhook] : [])),
    http.get(`${organization}/webhooks/w1`, () => HttpResponse.json(webhook, { headers: { ETag: '"w"' } })),
    http.delete(`${organization}/webhooks/w1`, ({ request }) => {
      versions.push(request.headers.get("If-Match"));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  renderPart(admin, "/webhooks");
  await userEvent.click(await screen.findByRole("button", { name: "Actions for Tickets" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Delete" }));
  expect(await screen.findByRole("dialog", { name: "Delete Tickets?" })).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Delete the webhook" }));
  expect(await screen.findByText("No webhooks yet")).toBeVisible();
  expect(versions).toEqual(['"w"']);
});
