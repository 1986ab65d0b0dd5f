import type { RouteObject } from "react-router";
import { createBrowserRouter, Outlet } from "react-router";

import { pages } from "@/app/page-modules";
import { AdminOnly } from "@/app/pages/admin-only";
import { MspOnly } from "@/app/pages/msp-only";
import { RoutesFallback } from "@/app/pages/routes-fallback";
import { RouteError } from "@/app/pages/route-error";
import { SessionGate } from "@/app/session-gate";
import { OrganizationGate } from "@/app/shell/organization-gate";
import { Shell } from "@/app/shell/shell";

function forAdmins(title: string, children: RouteObject[]): RouteObject {
  return {
    element: (
      <AdminOnly title={title}>
        <Outlet />
      </AdminOnly>
    ),
    children,
  };
}

/** Every address of the client; pages load when first opened. */
export const routes: RouteObject[] = [
  {
    element: (
      <SessionGate>
        <Outlet />
      </SessionGate>
    ),
    errorElement: <RouteError />,
    hydrateFallbackElement: <RoutesFallback />,
    children: [
      {
        element: <Shell />,
        children: [
          {
            errorElement: <RouteError />,
            children: [
              {
                // About the organization chosen at the top.
                element: (
                  <OrganizationGate>
                    <Outlet />
                  </OrganizationGate>
                ),
                children: [
                  { index: true, lazy: pages.home },
                  { path: "forms", lazy: pages.forms },
                  { path: "forms/new", lazy: pages.formBuilder },
                  { path: "forms/:formId", lazy: pages.runForm },
                  { path: "forms/:formId/edit", lazy: pages.formBuilder },
                  { path: "executions", lazy: pages.executions },
                  { path: "executions/:executionId", lazy: pages.execution },
                  { path: "workflows", lazy: pages.workflows },
                  { path: "workflows/:name", lazy: pages.workflow },
                  { path: "workflows/:name/run", lazy: pages.runWorkflow },
                ],
              },
              // About the platform as a whole.
              {
                element: (
                  <MspOnly title="Organizations">
                    <Outlet />
                  </MspOnly>
                ),
                children: [
                  { path: "organizations", lazy: pages.organizations },
                  { path: "organizations/import", lazy: pages.organizationImport },
                  {
                    path: "organizations/:organizationId",
                    lazy: pages.organization,
                    children: [
                      { index: true, lazy: pages.organizationOverview },
                      { path: "configuration", lazy: pages.organizationConfiguration },
                      { path: "secrets", lazy: pages.organizationSecrets },
                      { path: "integrations", lazy: pages.organizationIntegrations },
                      { path: "permissions", lazy: pages.organizationPermissions },
                      { path: "schedules", lazy: pages.organizationSchedules },
                      { path: "webhooks", lazy: pages.organizationWebhooks },
                    ],
                  },
                ],
              },
              { path: "schedules", lazy: pages.schedules },
              forAdmins("Users", [
                { path: "users", lazy: pages.users },
                { path: "users/:userId", lazy: pages.user },
              ]),
              forAdmins("Roles", [
                { path: "roles", lazy: pages.roles },
                { path: "roles/:roleId", lazy: pages.role },
              ]),
              forAdmins("Audit log", [{ path: "audit", lazy: pages.audit }]),
              { path: "settings/:tab?", lazy: pages.settings },
              { path: "health", lazy: pages.health },
              { path: "profile", lazy: pages.profile },
              { path: "*", lazy: pages.notFound },
            ],
          },
        ],
      },
    ],
  },
];

/** The addresses, and the one that is open. */
export function createRouter() {
  return createBrowserRouter(routes);
}
