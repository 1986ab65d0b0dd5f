import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import type { ConfigRead } from "@/api/generated/management-api/types.gen";
import { ConfigPanel } from "@/features/configuration/components/config-panel";
import { contoso } from "@/testing/data";
import { fill } from "@/testing/fill";
import { renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";
import { makeConfig } from "@/testing/settings";

const path = `${managementUrl}/api/organizations/${contoso}/config`;
const changed = { error: "PreconditionFailed", message: "Somebody changed this meanwhile.", details: {} };

const organizationNames = new Map([[contoso, "Contoso"]]);
let entries: ConfigRead[] = [];
let sent: { body: unknown; ifMatch: string | null }[] = [];

beforeEach(() => {
  sent = [];
  entries = [
    makeConfig({ key: "location", value: "DE", overrides: true, globalValue: "GB", globalType: "string", etag: '"l1"' }),
    makeConfig({ key: "mail_domain", value: "contoso.example", etag: '"m1"' }),
    makeConfig({ key: "seats", type: "int", value: "5", scope: "global", inherited: true, etag: null }),
  ];
  server.use(
    http.get(path, () => HttpResponse.json(entries)),
    http.post(path, async ({ request }) => {
      sent.push({ body: await request.json(), ifMatch: request.headers.get("If-Match") });
      return HttpResponse.json(makeConfig({ key: "location" }), { status: 201 });
    }),
  );
});

function renderPanel(url = "/") {
  return renderPage(
    <ConfigPanel place={contoso} secretNames={["api-key"]} organizationNames={organizationNames} />,
    { path: url },
  );
}

it("tells of what all share who has their own, each with its value", async () => {
  const ids = ["o1", "o2", "o3", contoso];
  server.use(
    http.get(`${managementUrl}/api/config`, () =>
      HttpResponse.json([
        makeConfig({ key: "region", value: "EU", scope: "global" }),
        makeConfig({ key: "seats", value: "5", scope: "global" }),
      ]),
    ),
    http.get(`${managementUrl}/api/config/overrides`, () =>
      HttpResponse.json(
        ids.map((orgId) => ({ key: "region", orgId, value: `of ${orgId}`, type: "string", updatedAt: "2026-03-01T09:00:00Z" })),
      ),
    ),
  );
  renderPage(<ConfigPanel place={null} secretNames={[]} organizationNames={organizationNames} />);
  const region = within(await screen.findByRole("row", { name: /^region/ }));
  expect(await region.findByText(`of ${contoso}`)).toBeVisible();
  expect(region.queryByText("of o3")).not.toBeInTheDocument();
  await userEvent.click(region.getByRole("button", { name: "1 more" }));
  expect(region.getByText("of o3")).toBeVisible();
  expect(region.getByRole("link", { name: "Contoso" })).toHaveAttribute(
    "href",
    `/organizations/${contoso}/configuration?org=${contoso}`,
  );
  expect(within(screen.getByRole("row", { name: /^seats/ })).getByText("Nobody")).toBeVisible();
});

it("shows own, overridden and inherited values side by side", async () => {
  renderPanel();
  const table = await screen.findByRole("table", { name: "Configuration" });
  const row = (key: RegExp) => within(within(table).getByRole("row", { name: key }));
  expect(row(/location/).getByText("DE")).toBeVisible();
  expect(row(/location/).getByText("GB")).toBeVisible();
  expect(row(/location/).getByText("Overridden")).toBeVisible();
  expect(row(/seats/).getByText("Inherited")).toBeVisible();
  expect(row(/seats/).queryByRole("button", { name: /Delete/ })).not.toBeInTheDocument();
  expect(row(/mail_domain/).getByRole("button", { name: "Delete: mail_domain" })).toBeVisible();
});

it("overrides an inherited value with the type it has", async () => {
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Override seats" }));
  const value = screen.getByRole("textbox", { name: "Value" });
  expect(value).toHaveValue("5");
  fill(value, "many");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByText("Enter a whole number of at most 18 digits")).toBeVisible();
  expect(value).toHaveFocus();
  expect(sent).toEqual([]);
  fill(value, "7");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(sent).toEqual([{ body: { key: "seats", value: "7", type: "int", description: null }, ifMatch: null }]);
});

it("never overwrites what somebody else set meanwhile, and shows it beside what was typed", async () => {
  let isRefused = true;
  server.use(
    http.post(path, async ({ request }) => {
      sent.push({ body: await request.json(), ifMatch: request.headers.get("If-Match") });
      if (isRefused) {
        isRefused = false;
        entries = entries.map((one) => (one.key === "location" ? { ...one, value: "FR", etag: '"l2"' } : one));
        return HttpResponse.json(changed, { status: 412 });
      }
      return HttpResponse.json(makeConfig({ key: "location" }), { status: 201 });
    }),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Edit location" }));
  const value = screen.getByRole("textbox", { name: "Value" });
  fill(value, "AT");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));

  const beside = await screen.findByRole("table", { name: "Theirs beside yours" });
  const cells = within(within(beside).getByRole("row", { name: /^Value/ })).getAllByRole("cell");
  expect(cells.map((cell) => cell.textContent)).toEqual(["FR", "AT"]);
  expect(value).toHaveValue("AT");

  await userEvent.click(screen.getByRole("button", { name: "Replace theirs" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(sent.map(({ ifMatch }) => ifMatch)).toEqual(['"l1"', '"l2"']);
});

it("takes theirs when asked to", async () => {
  server.use(
    http.post(path, () => {
      entries = entries.map((one) => (one.key === "location" ? { ...one, value: "FR", etag: '"l2"' } : one));
      return HttpResponse.json(changed, { status: 412 });
    }),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Edit location" }));
  fill(screen.getByRole("textbox", { name: "Value" }), "!");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await userEvent.click(await screen.findByRole("button", { name: "Take theirs" }));
  expect(screen.getByRole("textbox", { name: "Value" })).toHaveValue("FR");
  expect(screen.queryByRole("table", { name: "Theirs beside yours" })).not.toBeInTheDocument();
});

it("does not override what somebody overrode meanwhile", async () => {
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Override seats" }));
  entries = entries.map((one) =>
    one.key === "seats" ? { ...one, value: "9", scope: "org", inherited: false, etag: '"s1"' } : one,
  );
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Somebody changed this value meanwhile.")).toBeVisible();
  expect(sent).toEqual([]);
});

it("says what counts once an override is gone", async () => {
  const deleted: (string | null)[] = [];
  server.use(
    http.delete(`${path}/location`, ({ request }) => {
      deleted.push(request.headers.get("If-Match"));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Back to inherited: location" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Set location back to inherited?" }));
  expect(dialog.getByText("GB")).toBeVisible();
  await userEvent.click(dialog.getByRole("button", { name: "Go back to inherited" }));
  await waitFor(() => expect(deleted).toEqual(['"l1"']));
});

it("finds by key and by standing, and says how to see all again", async () => {
  const { router } = renderPanel("/?q=mail");
  expect(await screen.findByRole("rowheader", { name: /mail_domain/ })).toBeVisible();
  expect(screen.queryByRole("rowheader", { name: /location/ })).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole("radio", { name: "Inherited" }));
  expect(screen.getByText("No value matches")).toBeVisible();
  expect(router.state.location.search).toBe("?q=mail&show=inherited");
});

it("chooses a secret by name, and says what is missing", async () => {
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "New value" }));
  fill(screen.getByRole("textbox", { name: "Key" }), "api.key");
  await userEvent.click(screen.getByRole("combobox", { name: "Type" }));
  await userEvent.click(screen.getByRole("option", { name: "Secret" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByText("Name a secret")).toBeVisible();
  await userEvent.click(screen.getByRole("combobox", { name: "Secret" }));
  await userEvent.click(screen.getByRole("option", { name: "api-key" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toEqual({ key: "api.key", value: "api-key", type: "secret_ref", description: null });
});
