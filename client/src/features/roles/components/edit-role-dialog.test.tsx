import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it, vi } from "vitest";

import type { RoleWithMembers } from "@/features/roles/api";
import { EditRoleDialog } from "@/features/roles/components/edit-role-dialog";
import { renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";

const role: RoleWithMembers = {
  id: "role-1",
  name: "Office",
  description: null,
  createdAt: "2026-03-01T09:00:00Z",
  createdBy: "tenant.admin",
  updatedAt: "2026-03-01T09:00:00Z",
  etag: null,
  users: [],
  forms: [],
};

it("keeps what was typed beside what somebody else saved, and replaces theirs only when told to", async () => {
  const sent: unknown[] = [];
  server.use(
    http.put(`${managementUrl}/api/roles/role-1`, async ({ request }) => {
      const etag = request.headers.get("If-Match");
      sent.push({ etag, body: await request.json() });
      return etag === '"v2"'
        ? HttpResponse.json(role)
        : HttpResponse.json({ error: "PreconditionFailed", message: "Changed.", details: {} }, { status: 412 });
    }),
  );
  const onSaved = vi.fn();
  renderPage(
    <EditRoleDialog
      role={{ value: role, etag: '"v1"' }}
      onReload={() => Promise.resolve({ value: { ...role, name: "Reception", description: "Front desk" }, etag: '"v2"' })}
      onSaved={onSaved}
      onClose={vi.fn()}
    />,
  );
  const name = screen.getByRole("textbox", { name: /Name/ });
  await userEvent.clear(name);
  await userEvent.type(name, "Contoso office");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Somebody changed this role meanwhile.")).toBeVisible();
  expect(screen.getByRole("row", { name: "Name Reception Contoso office" })).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Description" })).toHaveValue("Front desk");
  await userEvent.click(screen.getByRole("button", { name: "Replace theirs" }));
  await waitFor(() => expect(onSaved).toHaveBeenCalled());
  expect(sent).toEqual([
    { etag: '"v1"', body: { name: "Contoso office", description: null } },
    { etag: '"v2"', body: { name: "Contoso office", description: "Front desk" } },
  ]);
});
