import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";

import { OrganizationGate } from "@/app/shell/organization-gate";
import { OrganizationSwitcher, pathInOtherOrganization } from "@/app/shell/organization-switcher";
import { rememberOrganization } from "@/shared/session/current-organization";
import type { Me } from "@/shared/session/me";
import { MeContext, useOrganization } from "@/shared/session/session-context";
import { contoso, fabrikam, makeMe } from "@/testing/data";
import { renderPage } from "@/testing/render";

const { user, organizations } = makeMe();
const technician: Me = {
  id: user.id,
  name: user.displayName,
  email: user.email,
  userType: "MSP",
  isAdmin: false,
  organizations,
};

function Shown() {
  return <p>Works for {useOrganization().name}</p>;
}

function renderGate(me: Me, path: string) {
  return renderPage(
    <MeContext value={me}>
      <OrganizationSwitcher />
      <OrganizationGate>
        <Shown />
      </OrganizationGate>
    </MeContext>,
    { path },
  );
}

it("takes the organization of the address", () => {
  renderGate(technician, `/forms?org=${fabrikam}`);
  expect(screen.getByText("Works for Fabrikam")).toBeVisible();
});

it("puts the last organization into an address that names none", async () => {
  rememberOrganization(technician.id, fabrikam);
  const { router } = renderGate(technician, "/forms?q=user");
  expect(screen.getByText("Works for Fabrikam")).toBeVisible();
  await waitFor(() => expect(router.state.location.search).toBe(`?q=user&org=${fabrikam}`));
});

it("never shows another organization in place of one that may not be used", () => {
  renderGate(technician, "/forms?org=c0000000-0000-4000-8000-000000000009");
  expect(screen.getByText("You have no access to that organization.")).toBeVisible();
  expect(screen.queryByText(/Works for/)).not.toBeInTheDocument();
});

it("gives a client user their own organization, whatever the address says", () => {
  renderGate({ ...technician, userType: "ORG", organizations: organizations.slice(0, 1) }, `/forms?org=${fabrikam}`);
  expect(screen.getByText("Works for Contoso")).toBeVisible();
});

it("says what to do when there is no organization yet", () => {
  renderGate({ ...technician, organizations: [] }, "/");
  expect(screen.getByText("No organizations yet")).toBeVisible();
});

it("finds an organization by typing and keeps the page", async () => {
  const { router } = renderGate(technician, `/forms?org=${contoso}`);
  const input = screen.getByRole("combobox", { name: "Organization" });
  await userEvent.click(input);
  await userEvent.clear(input);
  await userEvent.type(input, "fab");
  expect(screen.queryByRole("option", { name: "Contoso" })).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole("option", { name: "Fabrikam" }));
  await waitFor(() => expect(screen.getByText("Works for Fabrikam")).toBeVisible());
  expect(router.state.location.pathname).toBe("/forms");
});

it("does not take one organization's execution to another", () => {
  expect(pathInOtherOrganization("/executions/1", fabrikam)).toBe("/executions");
  expect(pathInOtherOrganization("/forms/1", fabrikam)).toBe("/forms/1");
});

it("stays on an organization's page, with the other organization", () => {
  expect(pathInOtherOrganization(`/organizations/${contoso}/secrets`, fabrikam)).toBe(
    `/organizations/${fabrikam}/secrets`,
  );
  expect(pathInOtherOrganization("/organizations", fabrikam)).toBe("/organizations");
  expect(pathInOtherOrganization("/organizations/import", fabrikam)).toBe("/organizations/import");
});

/** A page to type in, for somebody whose access to Contoso is taken away. */
function Revocable() {
  const [isRevoked, setRevoked] = useState(false);
  const me = { ...technician, organizations: technician.organizations.filter(({ id }) => !isRevoked || id !== contoso) };
  return (
    <MeContext value={me}>
      <button onClick={() => setRevoked(true)}>Revoke</button>
      <OrganizationGate>
        <input aria-label="Note" />
        <Shown />
      </OrganizationGate>
    </MeContext>
  );
}

it("shows nothing more of an organization when access is taken away and nothing was typed", async () => {
  renderPage(<Revocable />, { path: `/forms/1?org=${contoso}` });
  await userEvent.click(screen.getByRole("button", { name: "Revoke" }));
  expect(await screen.findByText("You have no access to that organization.")).toBeVisible();
  expect(screen.queryByLabelText("Note")).not.toBeInTheDocument();
});
