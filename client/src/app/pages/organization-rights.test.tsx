import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { NeedsAdmin, NeedsManageConfig } from "@/app/pages/organization-rights";
import type { Me } from "@/shared/session/me";
import { MeContext } from "@/shared/session/session-context";
import { contoso, fabrikam, makeMe } from "@/testing/data";
import { renderPage } from "@/testing/render";

const { user, organizations } = makeMe();
const technician: Me = {
  id: user.id,
  name: user.displayName,
  email: user.email,
  userType: "MSP",
  isAdmin: false,
  organizations: organizations.map((one) => ({
    ...one,
    permissions: { ...one.permissions, canManageConfig: one.id === contoso },
  })),
};

function renderFor(me: Me, organizationId: string) {
  renderPage(
    <MeContext value={me}>
      <NeedsManageConfig organizationId={organizationId}>
        <p>The configuration</p>
      </NeedsManageConfig>
      <NeedsAdmin what="Secrets">
        <p>The secrets</p>
      </NeedsAdmin>
    </MeContext>,
  );
}

it("shows the configuration to those who may manage it, and secrets to admins only", () => {
  renderFor(technician, contoso);
  expect(screen.getByText("The configuration")).toBeVisible();
  expect(screen.queryByText("The secrets")).not.toBeInTheDocument();
  expect(screen.getByText("Secrets are for admins only.")).toBeVisible();
});

it("names the permission that is missing, and whom to ask", () => {
  renderFor(technician, fabrikam);
  expect(screen.queryByText("The configuration")).not.toBeInTheDocument();
  expect(screen.getByText("You need the permission “Manage configuration” here.")).toBeVisible();
  expect(screen.getAllByText(/Ask an administrator of the platform/)).toHaveLength(2);
});

it("shows an admin everything", () => {
  renderFor({ ...technician, isAdmin: true, organizations: [] }, fabrikam);
  expect(screen.getByText("The configuration")).toBeVisible();
  expect(screen.getByText("The secrets")).toBeVisible();
});
