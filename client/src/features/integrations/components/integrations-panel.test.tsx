import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import type { IntegrationRead } from "@/api/generated/management-api/types.gen";
import { IntegrationsPanel } from "@/features/integrations/components/integrations-panel";
import { contoso } from "@/testing/data";
import { fill } from "@/testing/fill";
import { renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";
import { makeIntegration, ticketType } from "@/testing/settings";

const path = `${managementUrl}/api/organizations/${contoso}/integrations`;

let entries: IntegrationRead[] = [];
let sent: { body: unknown; ifMatch: string | null }[] = [];

beforeEach(() => {
  sent = [];
  entries = [makeIntegration()];
  server.use(
    http.get(`${managementUrl}/api/integration-types`, () => HttpResponse.json([ticketType])),
    http.get(path, () => HttpResponse.json(entries)),
    http.put(`${path}/tickets`, async ({ request }) => {
      sent.push({ body: await request.json(), ifMatch: request.headers.get("If-Match") });
      return HttpResponse.json(makeIntegration());
    }),
  );
});

function renderPanel({ isAdmin = true } = {}) {
  return renderPage(
    <IntegrationsPanel place={contoso} secretNames={isAdmin ? ["own-secret"] : null} isAdmin={isAdmin} />,
  );
}

it("shows what counts and where it comes from", async () => {
  renderPanel();
  const table = within(await screen.findByRole("table", { name: "Settings of Tickets" }));
  const row = (name: string) => table.getByRole("rowheader", { name }).closest("tr");
  expect(row("Address")).toHaveTextContent(/https:\/\/tickets\.example\s*Inherited/);
  expect(row("Client secret")).toHaveTextContent(/secret tickets-secret\s*Inherited/);
  expect(row("Client number")).toHaveTextContent(/101\s*Set here/);
});

it("needs the whole connection once a part of it is set here", async () => {
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Edit: Tickets" }));
  const address = screen.getByLabelText("Address");
  expect(address).toHaveAttribute("placeholder", "https://tickets.example");
  expect(screen.queryByLabelText("Refresh token")).not.toBeInTheDocument();
  fill(address, "https://own.example");
  await userEvent.click(screen.getByText("Save"));
  expect(screen.getByText("This is needed")).toBeVisible();
  expect(sent).toEqual([]);
});

it("sends names of secrets, and the version that was seen", async () => {
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Edit: Tickets" }));
  fill(screen.getByLabelText("Address"), "https://own.example");
  await userEvent.click(screen.getByRole("combobox", { name: /Client secret/ }));
  await userEvent.click(screen.getByRole("option", { name: "own-secret" }));
  await userEvent.click(screen.getByText("Save"));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  const settings = { baseUrl: "https://own.example", clientSecret: "own-secret", clientRef: 101 };
  expect(sent).toEqual([{ body: { enabled: true, settings }, ifMatch: '"i1"' }]);
});

it("leaves an admin's setting and the list of secrets to admins", async () => {
  renderPanel({ isAdmin: false });
  await userEvent.click(await screen.findByRole("button", { name: "Edit: Tickets" }));
  expect(screen.getByRole("textbox", { name: /Client number/ })).toBeDisabled();
  expect(screen.getByRole("textbox", { name: "Client secret" })).toBeEnabled();
});

it("tells a setting that the API refuses at its field", async () => {
  server.use(
    http.put(`${path}/tickets`, () =>
      HttpResponse.json(
        {
          error: "ValidationError",
          message: "settings.baseUrl: Must begin with https://.",
          details: { fields: { "settings.baseUrl": "Must begin with https://." } },
        },
        { status: 400 },
      ),
    ),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Edit: Tickets" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Must begin with https://.")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Address" })).toHaveAttribute("aria-invalid", "true");
});

it("shows theirs beside yours when somebody saved meanwhile", async () => {
  server.use(
    http.put(`${path}/tickets`, () => {
      entries = [makeIntegration({ settings: { clientRef: 202 }, ownEnabled: false, etag: '"i2"' })];
      return HttpResponse.json({ error: "PreconditionFailed", message: "Changed.", details: {} }, { status: 412 });
    }),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Edit: Tickets" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  const beside = within(await screen.findByRole("table", { name: "Theirs beside yours" }));
  expect(beside.getByRole("row", { name: "Client number 202 101" })).toBeVisible();
  expect(beside.getByRole("row", { name: "Enabled Off On" })).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Take theirs" }));
  expect(screen.getByRole("textbox", { name: /Client number/ })).toHaveValue("202");
});

it("switches the own switch, keeping the settings", async () => {
  renderPanel();
  await userEvent.click(await screen.findByRole("switch", { name: "Tickets: enabled" }));
  await waitFor(() =>
    expect(sent).toEqual([{ body: { enabled: false, settings: { clientRef: 101 } }, ifMatch: '"i1"' }]),
  );
});

it("says why it stays off, and what is missing", async () => {
  entries = [makeIntegration({ enabled: false, missingSecrets: ["tickets-secret"], problems: { baseUrl: "Is missing." } })];
  renderPanel();
  expect(await screen.findByText("It stays off")).toBeVisible();
  expect(screen.getByText("Address: Is missing.")).toBeVisible();
  expect(screen.getByText("tickets-secret")).toBeVisible();
});

it("tells the real result of a test, with what to do when it failed", async () => {
  const results = [
    { ok: false, message: "Tickets refused the sign-in.", details: {}, testedAt: "2026-03-02T09:00:00Z" },
    { ok: true, message: "Tickets answers.", details: {}, testedAt: "2026-03-02T09:01:00Z" },
  ];
  server.use(http.post(`${path}/tickets/test`, () => HttpResponse.json(results.shift())));
  renderPanel();
  const test = await screen.findByRole("button", { name: "Test Tickets" });
  await userEvent.click(test);
  expect(await screen.findByText("Tickets refused the sign-in.")).toBeVisible();
  expect(screen.getByText(/Check the settings and the secrets/)).toBeVisible();
  await userEvent.click(test);
  expect(await screen.findByText("Tickets answers.")).toBeVisible();
  expect(screen.queryByText("The test failed")).not.toBeInTheDocument();
});

it("removes own settings by their version, saying what counts then", async () => {
  const removed: (string | null)[] = [];
  server.use(
    http.delete(`${path}/tickets`, ({ request }) => {
      removed.push(request.headers.get("If-Match"));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Remove Tickets" }));
  expect(await screen.findByText(/gets what all organizations share/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Remove the settings" }));
  await waitFor(() => expect(removed).toEqual(['"i1"']));
});
