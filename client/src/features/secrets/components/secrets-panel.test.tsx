import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import type { SecretRead } from "@/api/generated/management-api/types.gen";
import { SecretsPanel } from "@/features/secrets/components/secrets-panel";
import { contoso } from "@/testing/data";
import { fill } from "@/testing/fill";
import { renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";
import { makeSecret } from "@/testing/settings";

const path = `${managementUrl}/api/organizations/${contoso}/secrets`;
const value = "hunter2-hunter2";

let secrets: SecretRead[] = [];
let sent: { name: unknown; value: unknown; ifMatch: string | null }[] = [];

beforeEach(() => {
  sent = [];
  secrets = [makeSecret({ name: "api-key" }), makeSecret({ name: "graph", scope: "global", inherited: true, etag: null })];
  server.use(
    http.get(path, () => HttpResponse.json(secrets)),
    http.put(`${path}/:name`, async ({ request, params }) => {
      const body = (await request.json()) as { value: string };
      sent.push({ name: params.name, value: body.value, ifMatch: request.headers.get("If-Match") });
      return HttpResponse.json(makeSecret({ name: "api-key" }));
    }),
  );
});

function renderPanel() {
  return renderPage(<SecretsPanel place={contoso} organizationNames={new Map([[contoso, "Contoso"]])} />);
}

it("lists names and whose value counts", async () => {
  renderPanel();
  const row = within(await screen.findByRole("row", { name: /^graph/ }));
  expect(row.getByText("Inherited")).toBeVisible();
  expect(row.queryByRole("button", { name: /Delete/ })).not.toBeInTheDocument();
});

it("shows a value once after it was set, and keeps it nowhere", async () => {
  const { queryClient } = renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Set a new value of api-key" }));
  const input = screen.getByLabelText(/^Value/);
  expect(input).toHaveAttribute("type", "password");
  fill(input, value);
  await userEvent.click(screen.getByRole("button", { name: "Set the secret" }));

  const kept = within(await screen.findByRole("dialog", { name: "api-key was set" }));
  expect(sent).toEqual([{ name: "api-key", value, ifMatch: '"s1"' }]);
  const shown = kept.getByLabelText("Value of api-key");
  expect(shown).toHaveAttribute("type", "password");
  await userEvent.click(kept.getByRole("button", { name: "Show the value" }));
  expect(shown).toHaveAttribute("type", "text");
  expect(shown).toHaveValue(value);

  await userEvent.click(kept.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(document.body.innerHTML).not.toContain(value);
  await waitFor(() => {
    const mutations = queryClient.getMutationCache().getAll();
    expect(JSON.stringify(mutations.map(({ state }) => state))).not.toContain(value);
  });
  expect(JSON.stringify([localStorage, sessionStorage])).not.toContain(value);
});

it("keeps the lines of a pasted key", async () => {
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "New secret" }));
  fill(screen.getByRole("textbox", { name: "Name" }), "signing-key");
  await userEvent.click(screen.getByLabelText(/^Value/));
  await userEvent.paste("-----BEGIN KEY-----\nabc\n-----END KEY-----\n");
  await userEvent.click(screen.getByRole("button", { name: "Set the secret" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.value).toBe("-----BEGIN KEY-----\nabc\n-----END KEY-----\n");
});

it("keeps what was typed when the vault is away", async () => {
  server.use(
    http.put(`${path}/api-key`, () =>
      HttpResponse.json(
        { error: "Unavailable", message: "The vault does not answer.", details: {} },
        { status: 503, headers: { "Retry-After": "7", "X-Request-Id": "req-1" } },
      ),
    ),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Set a new value of api-key" }));
  fill(screen.getByLabelText(/^Value/), value);
  await userEvent.click(screen.getByRole("button", { name: "Set the secret" }));
  expect(await screen.findByText("The vault does not answer.")).toBeVisible();
  expect(screen.getByText("Try again in 7 seconds.")).toBeVisible();
  expect(screen.getByLabelText(/^Value/)).toHaveValue(value);
});

it("replaces what somebody set meanwhile only when told to", async () => {
  server.use(
    http.put(
      `${path}/api-key`,
      () => {
        secrets = [makeSecret({ name: "api-key", etag: '"s2"', updatedAt: "2026-03-02T09:00:00Z" })];
        return HttpResponse.json({ error: "PreconditionFailed", message: "Changed.", details: {} }, { status: 412 });
      },
      { once: true },
    ),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Set a new value of api-key" }));
  fill(screen.getByLabelText(/^Value/), value);
  await userEvent.click(screen.getByRole("button", { name: "Set the secret" }));
  expect(await screen.findByText("Somebody set this secret meanwhile.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Replace theirs" }));
  await waitFor(() => expect(sent).toEqual([{ name: "api-key", value, ifMatch: '"s2"' }]));
});

it("deletes a secret in use only after the references were shown and accepted", async () => {
  const asked: (string | null)[] = [];
  server.use(
    http.delete(`${path}/api-key`, ({ request }) => {
      const force = new URL(request.url).searchParams.get("force");
      asked.push(force);
      return force === "true"
        ? new HttpResponse(null, { status: 204 })
        : HttpResponse.json(
            {
              error: "Conflict",
              message: "In use.",
              details: { references: [{ kind: "config", orgId: contoso, key: "backup.key" }] },
            },
            { status: 409 },
          );
    }),
  );
  renderPanel();
  await userEvent.click(await screen.findByRole("button", { name: "Delete api-key" }));
  await userEvent.click(screen.getByRole("button", { name: "Delete the secret" }));
  const link = await screen.findByRole("link", { name: "backup.key" });
  expect(link).toHaveAttribute("href", `/organizations/${contoso}/configuration?q=backup.key`);
  expect(screen.getByText(/of Contoso/)).toBeVisible();
  const anyway = screen.getByRole("button", { name: "Delete it anyway" });
  expect(anyway).toBeDisabled();
  await userEvent.click(screen.getByRole("checkbox", { name: /Delete it anyway/ }));
  await userEvent.click(anyway);
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(asked).toEqual(["false", "true"]);
});
