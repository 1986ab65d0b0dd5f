import type { ReactNode } from "react";
import { Route, Routes } from "react-router";

import type { Me, MyOrganization } from "@/shared/session/me";
import { MeContext, OrganizationContext } from "@/shared/session/session-context";
import { contoso } from "@/testing/data";
import { renderPage } from "@/testing/render";

export const organization: MyOrganization = {
  id: contoso,
  name: "Contoso",
  permissions: { canExecuteWorkflows: true, canManageConfig: true, canManageForms: true, canViewHistory: true },
};

export const technician: Me = {
  id: "tenant.technician",
  name: "Service Desk Technician",
  email: "technician@msp.example",
  userType: "MSP",
  isAdmin: false,
  organizations: [organization],
};

interface At {
  /** The route's path, with its parameters. */
  route: string;
  path: string;
  me?: Me;
  permissions?: Partial<MyOrganization["permissions"]>;
}

/** Renders a page as somebody who has chosen Contoso. */
export function renderAt(page: ReactNode, { route, path, me = technician, permissions = {} }: At) {
  const chosen = { ...organization, permissions: { ...organization.permissions, ...permissions } };
  return renderPage(
    <MeContext value={me}>
      <OrganizationContext value={chosen}>
        <Routes>
          <Route path={route} element={page} />
          <Route path="*" element="elsewhere" />
        </Routes>
      </OrganizationContext>
    </MeContext>,
    { path },
  );
}
