import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { ExecutionPage } from "@/app/pages/execution-page";
import { FormBuilderPage } from "@/app/pages/form-builder-page";
import { OrganizationPage } from "@/app/pages/organization-page";
import { RolePage } from "@/app/pages/role-page";
import { RunFormPage } from "@/app/pages/run-form-page";
import { RunWorkflowPage } from "@/app/pages/run-workflow-page";
import { renderAt, technician } from "@/app/pages/testing";
import { UserPage } from "@/app/pages/user-page";
import { WorkflowPage } from "@/app/pages/workflow-page";
import { engineUrl, managementUrl, server } from "@/testing/server";

const admin = { ...technician, isAdmin: true };

function answer(status: number, message: string) {
  server.use(
    http.get(`${engineUrl}/api/admin/metadata`, () => HttpResponse.json({ workflows: [] })),
    http.all(`${managementUrl}/api/*`, () =>
      HttpResponse.json(
        { error: "NotFound", message, details: {} },
        { status, headers: { "X-Request-Id": "req-7" } },
      ),
    ),
  );
}

it.each([
  ["/forms/:formId", <RunFormPage key="" />, "All forms", "/forms", /have been deleted.*no access/],
  ["/forms/:formId/edit", <FormBuilderPage key="" />, "All forms", "/forms", /have been deleted.*no access/],
  ["/executions/:executionId", <ExecutionPage key="" />, "All executions", "/executions", /deleted after its time/],
  ["/organizations/:organizationId", <OrganizationPage key="" />, "All organizations", "/organizations", /no access/],
  ["/users/:userId", <UserPage key="" />, "All users", "/users", /Check the address/],
  ["/roles/:roleId", <RolePage key="" />, "All roles", "/roles", /have been deleted/],
])("leads back from %s to its list where there is nothing", async (route, page, label, list, why) => {
  answer(404, "There is no such thing.");
  renderAt(page, { route, path: route.replace(/:\w+/, "gone"), me: admin });
  const alert = within(await screen.findByRole("alert"));
  expect(alert.getByText("There is no such thing.")).toBeVisible();
  expect(alert.getByText(why)).toBeVisible();
  expect(alert.getByText("Request id req-7")).toBeVisible();
  expect(alert.getByRole("link", { name: label })).toHaveAttribute("href", list);
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

it.each([
  ["/workflows/:name", <WorkflowPage key="" />],
  ["/workflows/:name/run", <RunWorkflowPage key="" />],
])("leads back from %s to the catalog where there is no such workflow", async (route, page) => {
  answer(404, "");
  renderAt(page, { route, path: route.replace(/:\w+/, "gone") });
  expect(await screen.findByText("There is no such workflow")).toBeVisible();
  expect(screen.getByRole("link", { name: "All workflows" })).toHaveAttribute("href", "/workflows");
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

it("offers another try as well where that can help", async () => {
  answer(500, "This could not be done just now.");
  renderAt(<RolePage />, { route: "/roles/:roleId", path: "/roles/gone", me: admin });
  expect(await screen.findByRole("button", { name: "Try again" })).toBeVisible();
  expect(screen.getByRole("link", { name: "All roles" })).toBeVisible();
});
