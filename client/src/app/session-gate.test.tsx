import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it, vi } from "vitest";

import { SessionGate } from "@/app/session-gate";
import { makeMe } from "@/testing/data";
import { makeAuth, renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";

const answers: (() => Response)[] = [];

beforeEach(() => {
  answers.length = 0;
  server.use(http.get(`${managementUrl}/api/me`, () => (answers.shift() ?? (() => HttpResponse.json(makeMe())))()));
});

it("asks somebody who is not signed in to sign in", async () => {
  const signIn = vi.fn(() => Promise.resolve());
  renderPage(<SessionGate />, { auth: makeAuth({ account: null, signIn }) });
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(signIn).toHaveBeenCalled();
});

it("tells a stranger whom to ask, and lets them sign out", async () => {
  answers.push(() =>
    HttpResponse.json(
      { error: "NoAccess", message: "Nobody has set up your organization.", details: {} },
      { status: 403, headers: { "X-Request-Id": "req-4" } },
    ),
  );
  const signOut = vi.fn(() => Promise.resolve());
  renderPage(<SessionGate />, { auth: makeAuth({ signOut }) });
  expect(await screen.findByRole("heading", { name: "You have no access yet" })).toBeVisible();
  expect(screen.getByText("Nobody has set up your organization.")).toBeVisible();
  expect(screen.getByText(/ask your\s+IT service provider/)).toBeVisible();
  expect(screen.getByText("Request id req-4")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
  expect(signOut).toHaveBeenCalled();
});

it("stays signed in while the platform is away, and goes on when it is back", async () => {
  answers.push(() => HttpResponse.json({ error: "Unavailable", message: "Storage is away." }, { status: 503 }));
  renderPage(<SessionGate />);
  expect(await screen.findByText("Storage is away.")).toBeVisible();
  expect(screen.getByText(/You stay signed in/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await vi.waitFor(() => expect(screen.queryByText("Storage is away.")).not.toBeInTheDocument());
});
