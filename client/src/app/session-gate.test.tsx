import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it, vi } from "vitest";

import { SessionGate } from "@/app/session-gate";
import { AccessBanner } from "@/app/shell/access-banner";
import { holdUnsavedInput } from "@/shared/auth/unsaved-input";
import { meQuery } from "@/shared/session/api";
import { useMe } from "@/shared/session/session-context";
import { makeMe } from "@/testing/data";
import { makeAuth, renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";

const answers: (() => Response)[] = [];

beforeEach(() => {
  answers.length = 0;
  server.use(
    http.get("*/api/health", () => HttpResponse.json({ status: "ok", components: [], runners: { status: "ok" } })),
  );
  server.use(http.get(`${managementUrl}/api/me`, () => (answers.shift() ?? (() => HttpResponse.json(makeMe())))()));
});

it("asks somebody who is not signed in to sign in", async () => {
  const signIn = vi.fn(() => Promise.resolve());
  renderPage(<SessionGate>{null}</SessionGate>, { auth: makeAuth({ account: null, signIn }) });
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(signIn).toHaveBeenCalled();
});

/** What a page is while somebody may see it. */
function Typed() {
  const me = useMe();
  return (
    <>
      <AccessBanner />
      <p>{me.organizations.map(({ name }) => name).join(", ")}</p>
      <input aria-label="Note" />
    </>
  );
}

it("tells a stranger whom to ask, and lets them sign out", async () => {
  answers.push(() =>
    HttpResponse.json(
      { error: "NoAccess", message: "Nobody has set up your organization.", details: {} },
      { status: 403, headers: { "X-Request-Id": "req-4" } },
    ),
  );
  const signOut = vi.fn(() => Promise.resolve());
  renderPage(<SessionGate>{null}</SessionGate>, { auth: makeAuth({ signOut }) });
  expect(await screen.findByRole("heading", { name: "You have no access yet" })).toBeVisible();
  expect(screen.getByText("Nobody has set up your organization.")).toBeVisible();
  expect(screen.getByText(/ask your\s+IT service provider/)).toBeVisible();
  expect(screen.getByText("Request id req-4")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
  expect(signOut).toHaveBeenCalled();
});

it("stays signed in while the platform is away, and goes on when it is back", async () => {
  answers.push(() => HttpResponse.json({ error: "Unavailable", message: "Storage is away." }, { status: 503 }));
  renderPage(<SessionGate>{null}</SessionGate>);
  expect(await screen.findByText("Storage is away.")).toBeVisible();
  expect(screen.getByText(/You stay signed in/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await vi.waitFor(() => expect(screen.queryByText("Storage is away.")).not.toBeInTheDocument());
});

const disabled = () =>
  HttpResponse.json({ error: "AccountDisabled", message: "Your account is disabled here.", details: {} }, { status: 403 });

/** Types a note, then lets the platform answer differently about the person. */
async function typeThen(answer: () => Response) {
  const { queryClient } = renderPage(
    <SessionGate>
      <Typed />
    </SessionGate>,
  );
  await userEvent.type(await screen.findByLabelText("Note"), "half a page");
  answers.push(answer);
  await act(() => queryClient.refetchQueries({ queryKey: meQuery.queryKey }));
}

it.each([
  ["is disabled", disabled, "Your access has been taken away.", "Your account is disabled here."],
  [
    "loses an organization",
    () => HttpResponse.json(makeMe({ organizations: makeMe().organizations.slice(1) })),
    "What you may do has changed.",
    "You have no access to Contoso any more.",
  ],
  [
    "loses a right",
    () =>
      HttpResponse.json(
        makeMe({
          organizations: makeMe().organizations.map((one) => ({
            ...one,
            permissions: { ...one.permissions, canManageForms: one.name !== "Contoso" },
          })),
        }),
      ),
    "What you may do has changed.",
    "You may not manage forms for Contoso any more.",
  ],
])("keeps what somebody typed who %s, and says so", async (_what, answer, title, reason) => {
  const release = holdUnsavedInput();
  try {
    await typeThen(answer);
    expect(screen.getByText(title)).toBeVisible();
    expect(screen.getByText(reason)).toBeVisible();
    expect(screen.getByLabelText("Note")).toHaveValue("half a page");
  } finally {
    act(release);
  }
});

it("shows what somebody may do now, as soon as nothing typed is in the way", async () => {
  const release = holdUnsavedInput();
  const less = () => HttpResponse.json(makeMe({ organizations: makeMe().organizations.slice(1) }));
  await typeThen(less);
  expect(screen.getByText("Contoso, Fabrikam")).toBeVisible();
  answers.push(less);
  act(release);
  expect(await screen.findByText("Fabrikam")).toBeVisible();
  expect(screen.queryByText("What you may do has changed.")).not.toBeInTheDocument();
});

it("tells somebody whose access was taken away that it was", async () => {
  await typeThen(disabled);
  expect(screen.getByRole("heading", { name: "Your access has been taken away" })).toBeVisible();
  expect(screen.queryByLabelText("Note")).not.toBeInTheDocument();
});

it("leaves the page alone where the access is back by the time that nothing typed is in the way", async () => {
  const release = holdUnsavedInput();
  await typeThen(disabled);
  act(release);
  await vi.waitFor(() => expect(screen.queryByText("Your access has been taken away.")).not.toBeInTheDocument());
  expect(screen.getByLabelText("Note")).toHaveValue("half a page");
});
