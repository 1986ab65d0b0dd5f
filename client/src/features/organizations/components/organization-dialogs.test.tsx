import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it, vi } from "vitest";

import { EditOrganizationDialog } from "@/features/organizations/components/edit-organization-dialog";
import { NewOrganizationDialog } from "@/features/organizations/components/new-organization-dialog";
import { contoso, makeOrganization } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";

const organizations = `${managementUrl}/api/organizations`;
const nothing = () => undefined;

function refusal(status: number, error: string, message: string, details = {}) {
  return HttpResponse.json({ error, message, details }, { status });
}

it("tells what the API refuses at its field, and keeps what was typed", async () => {
  server.use(
    http.post(organizations, () =>
      refusal(400, "ValidationError", "tenantId: wrong", { fields: { tenantId: "must be the tenant's id (a UUID)." } }),
    ),
  );
  renderPage(<NewOrganizationDialog knownTags={[]} onCreated={nothing} onClose={nothing} />);
  await userEvent.type(screen.getByRole("textbox", { name: /Name/ }), "Adventure Works");
  await userEvent.type(screen.getByRole("textbox", { name: "Tenant id" }), "nonsense");
  await userEvent.click(screen.getByRole("button", { name: "Create the organization" }));
  expect(await screen.findByText("must be the tenant's id (a UUID).")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Tenant id" })).toHaveAttribute("aria-invalid", "true");
  expect(screen.getByRole("textbox", { name: /Name/ })).toHaveValue("Adventure Works");
});

it("names the same draft the same way in each attempt, and another draft anew", async () => {
  const keys: (string | null)[] = [];
  server.use(
    http.post(organizations, ({ request }) => {
      keys.push(request.headers.get("Idempotency-Key"));
      return refusal(409, "Conflict", "Another organization is linked to this tenant.");
    }),
  );
  renderPage(<NewOrganizationDialog knownTags={[]} onCreated={nothing} onClose={nothing} />);
  const name = screen.getByRole("textbox", { name: /Name/ });
  const create = screen.getByRole("button", { name: "Create the organization" });
  await userEvent.type(name, "Adventure");
  await userEvent.click(create);
  await screen.findByText("Another organization is linked to this tenant.");
  await userEvent.click(create);
  await waitFor(() => expect(keys).toHaveLength(2));
  await userEvent.type(name, " Works");
  await userEvent.click(create);
  await waitFor(() => expect(keys).toHaveLength(3));
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

it("shows what somebody else saved beside what was typed, then saves on their version", async () => {
  const theirs = makeOrganization({ name: "Contoso plc", tags: ["silver"], updatedAt: "2026-03-01T10:00:00Z" });
  const sent: { etag: string | null; body: unknown }[] = [];
  server.use(
    http.patch(`${organizations}/${contoso}`, async ({ request }) => {
      const etag = request.headers.get("If-Match");
      sent.push({ etag, body: await request.json() });
      return etag === '"v2"'
        ? HttpResponse.json({ ...theirs, name: "Contoso Ltd" }, { headers: { ETag: '"v3"' } })
        : refusal(412, "PreconditionFailed", "Somebody changed this organization first.");
    }),
  );
  const onSaved = vi.fn();
  renderPage(
    <EditOrganizationDialog
      organization={{ value: makeOrganization(), etag: '"v1"' }}
      knownTags={[]}
      onReload={() => Promise.resolve({ value: theirs, etag: '"v2"' })}
      onSaved={onSaved}
      onClose={nothing}
    />,
  );
  const name = screen.getByRole("textbox", { name: /Name/ });
  await userEvent.clear(name);
  await userEvent.type(name, "Contoso Ltd");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));

  expect(await screen.findByText("Somebody changed this organization meanwhile.")).toBeVisible();
  expect(screen.getByRole("row", { name: "Name Contoso plc Contoso Ltd" })).toBeVisible();
  expect(name).toHaveValue("Contoso Ltd");
  expect(screen.getByText("silver")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Replace theirs" }));
  await waitFor(() => expect(onSaved).toHaveBeenCalled());
  expect(sent).toEqual([
    { etag: '"v1"', body: { name: "Contoso Ltd" } },
    { etag: '"v2"', body: { name: "Contoso Ltd" } },
  ]);
});

it("sends nothing when nothing was changed", async () => {
  const onClose = vi.fn();
  renderPage(
    <EditOrganizationDialog
      organization={{ value: makeOrganization(), etag: '"v1"' }}
      knownTags={[]}
      onReload={() => Promise.resolve(undefined)}
      onSaved={nothing}
      onClose={onClose}
    />,
  );
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(onClose).toHaveBeenCalled();
});
