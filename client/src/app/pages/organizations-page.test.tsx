import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import { OrganizationImportPage } from "@/app/pages/organization-import-page";
import { OrganizationsPage } from "@/app/pages/organizations-page";
import { MeContext } from "@/shared/session/session-context";
import { contoso, fabrikam, makeExecution, makeOrganization, makePerson } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";

const failing = makeOrganization({
  id: fabrikam,
  name: "Fabrikam",
  tags: [],
  tenantLink: {
    status: "failing",
    verifiedAt: "2026-03-01T09:00:00Z",
    reason: "Nobody in the tenant has consented.",
    roles: [],
    endsAt: null,
  },
});
const closed = makeOrganization({ id: "c9", name: "Tailspin Toys", isActive: false });

let latest: ReturnType<typeof makeExecution>[] = [];

beforeEach(() => {
  latest = [];
});

function listOrganizations() {
  server.use(
    http.get(`${managementUrl}/api/organizations`, () => HttpResponse.json([makeOrganization(), failing, closed])),
    http.get(`${managementUrl}/api/executions/latest`, () => HttpResponse.json(latest)),
  );
}

function renderList(isAdmin: boolean, path = "/organizations") {
  return renderPage(
    <MeContext value={makePerson({ isAdmin })}>
      <OrganizationsPage />
    </MeContext>,
    { path },
  );
}

function listed(): string[] {
  return within(screen.getByRole("table", { name: "Organizations" }))
    .getAllByRole("link")
    .map((link) => link.textContent);
}

it("says of each tenant whether it can be reached, and why not", async () => {
  listOrganizations();
  renderList(false);
  const row = await screen.findByRole("row", { name: /Fabrikam/ });
  expect(within(row).getByText("Failing")).toBeVisible();
  expect(within(row).getByText("Nobody in the tenant has consented.")).toBeVisible();
  expect(listed()).toEqual(["Contoso", "Fabrikam"]);
});

it("tells how the last execution of each went, and leads there in its own organization", async () => {
  latest = [makeExecution({ organizationId: fabrikam, status: "Failed" })];
  listOrganizations();
  renderList(false);
  const row = await screen.findByRole("row", { name: /Fabrikam/ });
  expect(await within(row).findByText("Failed")).toBeVisible();
  const links = within(row).getAllByRole("link");
  expect(links[1]).toHaveAttribute("href", `/executions/execution-1?org=${fabrikam}`);
});

it("lets a technician see the list and nothing else", async () => {
  listOrganizations();
  renderList(false);
  await screen.findByRole("link", { name: "Contoso" });
  expect(screen.queryByRole("button", { name: "New organization" })).not.toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "Import from GDAP" })).not.toBeInTheDocument();
  expect(screen.queryByRole("switch", { name: "Show inactive" })).not.toBeInTheDocument();
});

it("shows inactive ones to an admin who asks for them", async () => {
  listOrganizations();
  const { router } = renderList(true);
  await screen.findByRole("link", { name: "Contoso" });
  await userEvent.click(screen.getByRole("switch", { name: "Show inactive" }));
  await waitFor(() => expect(listed()).toEqual(["Contoso", "Fabrikam", "Tailspin Toys"]));
  expect(router.state.location.search).toContain("inactive=yes");
});

it.each([
  ["?q=fabri", ["Fabrikam"]],
  ["?tag=gold", ["Contoso"]],
  ["?link=failing", ["Fabrikam"]],
])("keeps its filters in the address: %s", async (search, names) => {
  listOrganizations();
  renderList(true, `/organizations${search}`);
  await screen.findByRole("table", { name: "Organizations" });
  expect(listed()).toEqual(names);
});

const adventure = {
  tenantId: "a0000000-0000-4000-8000-000000000004",
  displayName: "Adventure Works",
  isActive: true,
  endsAt: null,
  roles: ["User Administrator"],
  relationships: [],
  organizationId: null,
  organizationName: null,
};
const customers = [
  adventure,
  { ...adventure, tenantId: "a0000000-0000-4000-8000-000000000006", displayName: "Wingtip" },
  { ...adventure, tenantId: "a1", displayName: "Contoso", organizationId: contoso, organizationName: "Contoso" },
];

function renderImport(isAdmin = true, path = "/organizations/import") {
  return renderPage(
    <MeContext value={makePerson({ isAdmin })}>
      <OrganizationImportPage />
    </MeContext>,
    { path },
  );
}

it("imports the chosen customers and tells what came of each", async () => {
  const asked: unknown[] = [];
  server.use(
    http.get(`${managementUrl}/api/gdap/customers`, () => HttpResponse.json(customers)),
    http.post(`${managementUrl}/api/gdap/import`, async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json([
        { tenantId: customers[0]?.tenantId, outcome: "created", organization: makeOrganization(), reason: null },
        { tenantId: customers[1]?.tenantId, outcome: "refused", organization: null, reason: "No relationship." },
      ]);
    }),
  );
  renderImport();
  await userEvent.click(await screen.findByRole("checkbox", { name: "Choose all that can be imported" }));
  await userEvent.click(screen.getByRole("button", { name: "Import 2 customers" }));
  expect(await screen.findByText("1 of 2 customers imported.")).toBeVisible();
  expect(screen.getByRole("row", { name: "Wingtip Refused No relationship." })).toBeVisible();
  expect(asked).toEqual([{ tenantIds: [customers[0]?.tenantId, customers[1]?.tenantId] }]);
});

it("marks customers that have an organization and does not offer them", async () => {
  server.use(http.get(`${managementUrl}/api/gdap/customers`, () => HttpResponse.json(customers)));
  renderImport(true, "/organizations/import?all=yes");
  const row = await screen.findByRole("row", { name: /Linked to Contoso/ });
  expect(within(row).getByRole("checkbox")).toBeDisabled();
});

it("explains a missing consent", async () => {
  const message = "Microsoft Graph: the application has no consent.";
  server.use(
    http.get(`${managementUrl}/api/gdap/customers`, () =>
      HttpResponse.json({ error: "UpstreamFailed", message, details: {} }, { status: 502 }),
    ),
  );
  renderImport();
  expect(await screen.findByText(message)).toBeVisible();
  expect(screen.getByText(/DelegatedAdminRelationship.Read.All/)).toBeVisible();
});

it("asks Microsoft for nothing when a technician opens the import", () => {
  renderImport(false);
  expect(screen.getByText("Only an admin can import")).toBeVisible();
});
