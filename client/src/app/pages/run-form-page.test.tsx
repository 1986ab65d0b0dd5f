import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { RunFormPage } from "@/app/pages/run-form-page";
import { renderAt, technician } from "@/app/pages/testing";
import type { Me } from "@/shared/session/me";
import { makeExecution, makeField, makeForm } from "@/testing/data";
import { engineUrl, managementUrl, server } from "@/testing/server";

const client: Me = { ...technician, userType: "ORG" };

/** A form whose run does not end; what is preferred for each run. */
function serveForm(runInBackground: boolean): (string | null)[] {
  const preferred: (string | null)[] = [];
  const running = makeExecution({ status: "Running", completedAt: null, durationMs: null });
  server.use(
    http.get(`${managementUrl}/api/forms/:id`, () =>
      HttpResponse.json(makeForm([makeField({ name: "name", label: "Name" })], { runInBackground })),
    ),
    http.post(`${engineUrl}/api/forms/:id/submit`, ({ request }) => {
      preferred.push(request.headers.get("prefer"));
      return HttpResponse.json(running, { status: 202 });
    }),
    http.get(`${managementUrl}/api/executions/:id`, () => HttpResponse.json(running)),
    http.get(`${engineUrl}/api/executions/:id/logs`, () =>
      HttpResponse.json({ status: "Running", items: [], next: 0, done: true }),
    ),
  );
  return preferred;
}

function open(me: Me) {
  renderAt(<RunFormPage />, { route: "/forms/:formId", path: "/forms/form-1", me });
  return screen.findByRole("button", { name: "Run" });
}

it.each([
  [true, "respond-async"],
  [false, "wait=1"],
])("tells a client user nothing of the background (%s), but where the result will be", async (isSet, preferred) => {
  const sent = serveForm(isSet);
  const run = await open(client);
  expect(screen.queryByText(/background/i)).toBeNull();
  expect(screen.queryByText(/You may leave this page/)).toBeNull();
  await userEvent.click(run);
  expect(await screen.findByText(/You may leave this page: it goes on/)).toBeVisible();
  expect(screen.getByRole("link", { name: "My executions" })).toHaveAttribute("href", "/executions");
  expect(sent).toEqual([preferred]);
});

it("lets a technician choose the background", async () => {
  const sent = serveForm(false);
  const run = await open(technician);
  await userEvent.click(screen.getByLabelText("Run in the background"));
  await userEvent.click(run);
  await waitFor(() => expect(sent).toEqual(["respond-async"]));
  expect(await screen.findByText("Running")).toBeVisible();
  expect(screen.queryByText(/You may leave this page/)).toBeNull();
});
