import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import type { MeRead } from "@/api/generated/management-api/types.gen";
import { ProfilePage } from "@/app/pages/profile-page";
import { makeMe } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";

function open(change: Partial<MeRead> = {}): void {
  server.use(http.get(`${managementUrl}/api/me`, () => HttpResponse.json(makeMe(change))));
  renderPage(<ProfilePage />);
}

it("shows a technician who they are and what they may do where", async () => {
  const none = { canExecuteWorkflows: true, canManageConfig: false, canManageForms: false, canViewHistory: false };
  open({
    organizations: [
      { id: "2", name: "Fabrikam", isActive: false, permissions: none },
      { id: "1", name: "Contoso", isActive: true, permissions: none },
    ],
  });
  expect(await screen.findByText("technician@msp.example")).toBeVisible();
  const rows = within(screen.getByRole("table", { name: "My permissions" })).getAllByRole("row");
  expect(rows.slice(1).map((row) => row.textContent)).toEqual(["ContosoYesNoNoNo", "FabrikamInactiveYesNoNoNo"]);
});

it("tells a technician without rights whom to ask", async () => {
  open({ organizations: [] });
  expect(await screen.findByText(/You have no permissions in an organization yet/)).toBeVisible();
});

it("shows a client user their organization and roles, and no permissions", async () => {
  const { user } = makeMe();
  const times = { createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-01-01T00:00:00Z", createdBy: "a", etag: null };
  open({
    user: { ...user, userType: "ORG" },
    organizations: makeMe().organizations.slice(0, 1),
    roles: [{ id: "r", name: "Reception", description: "Front desk", ...times }],
  });
  expect(await screen.findByText("Client user")).toBeVisible();
  expect(screen.getByText("Contoso")).toBeVisible();
  expect(screen.getByText("Reception")).toBeVisible();
  expect(screen.queryByRole("table")).not.toBeInTheDocument();
});
