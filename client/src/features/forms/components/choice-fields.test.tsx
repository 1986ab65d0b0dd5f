import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import type { Field as ApiField } from "@/api/generated/management-api/types.gen";
import { RunForm } from "@/features/forms/components/run-form";
import type { FormRun } from "@/features/forms/hooks/use-form-run";
import { toFormDefinition } from "@/features/forms/model/from-api";
import { contoso, makeField, makeForm } from "@/testing/data";
import { fill } from "@/testing/fill";
import { renderPage } from "@/testing/render";
import { engineUrl, server } from "@/testing/server";

const idle: FormRun = {
  submit: () => Promise.resolve("execution-1"),
  isPending: false,
  error: null,
  hasRun: false,
  changed: () => undefined,
  again: () => undefined,
};

function renderForm(fields: ApiField[], prefill?: Record<string, unknown>) {
  renderPage(
    <RunForm
      form={toFormDefinition(makeForm(fields))}
      organization={{ id: contoso, name: "Contoso" }}
      run={idle}
      prefill={prefill}
    />,
  );
  return userEvent.setup();
}

interface Asked {
  inputs: Record<string, unknown>;
  formId: string;
  refresh: boolean;
  search: string;
  limit: number;
}

/** Answers the provider `rooms` by its inputs, and records what it was asked. */
function serveRooms(answer: (asked: Asked) => Response): Asked[] {
  const all: Asked[] = [];
  server.use(
    http.post(`${engineUrl}/api/data-providers/rooms`, async ({ request }) => {
      const asked = (await request.json()) as Asked;
      all.push(asked);
      await delay(30);
      return answer(asked);
    }),
  );
  return all;
}

const rooms = (...names: string[]) =>
  HttpResponse.json({
    options: names.map((value) => ({ label: `Room ${value}`, value })),
    cached: false,
    total: names.length,
    truncated: false,
  });

const site = makeField({
  name: "site",
  label: "Site",
  type: "select",
  options: [
    { label: "Berlin", value: "berlin" },
    { label: "Oslo", value: "oslo" },
  ],
});
const room = makeField({ name: "room", label: "Room", type: "select", dataProvider: "rooms" });
const roomOfSite = { ...room, dataProviderInputs: { site: { mode: "field" as const, value: "site" } } };

const choose = async (user: ReturnType<typeof userEvent.setup>, field: string, option: string) => {
  await user.click(screen.getByRole("combobox", { name: field }));
  await user.click(await screen.findByRole("option", { name: option }));
};

it("shows that options are loading, and then offers them", async () => {
  const asked = serveRooms(() => rooms("A", "B"));
  const user = renderForm([room]);
  expect(screen.getByRole("combobox", { name: "Room" })).toBeDisabled();
  expect(screen.getByRole("status", { name: "Loading options for Room" })).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Room" })).toBeEnabled());
  await choose(user, "Room", "Room B");
  expect(screen.getByRole("combobox", { name: "Room" })).toHaveValue("Room B");
  expect(asked).toEqual([{ inputs: {}, formId: "form-1", refresh: false, search: "", limit: 200 }]);
});

it("asks for what they depend on first, and then loads them for it", async () => {
  const asked = serveRooms(({ inputs }) => rooms(String(inputs.site)));
  const user = renderForm([site, roomOfSite]);
  expect(screen.getByRole("combobox", { name: "Room" })).toBeDisabled();
  expect(screen.getByPlaceholderText("Choose Site first")).toBeInTheDocument();
  expect(asked).toEqual([]);
  await choose(user, "Site", "Berlin");
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Room" })).toBeEnabled());
  await choose(user, "Room", "Room berlin");
  expect(asked.map((one) => one.inputs)).toEqual([{ site: "berlin" }]);
});

it("takes a choice back that the new options do not have, and says so", async () => {
  serveRooms(({ inputs }) => rooms(String(inputs.site), "shared"));
  const user = renderForm([site, roomOfSite], { site: "berlin", room: "berlin" });
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Room" })).toHaveValue("Room berlin"));
  await choose(user, "Site", "Oslo");
  expect(await screen.findByText("The earlier choice is no longer available. Choose again.")).toBeVisible();
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Room" })).toHaveValue(""));
});

it("keeps a choice that the new options have too", async () => {
  const asked = serveRooms(({ inputs }) => rooms(String(inputs.site), "shared"));
  const user = renderForm([site, roomOfSite], { site: "berlin", room: "shared" });
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Room" })).toHaveValue("Room shared"));
  await choose(user, "Site", "Oslo");
  await waitFor(() => expect(asked.map((one) => one.inputs.site)).toEqual(["berlin", "oslo"]));
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Room" })).toHaveValue("Room shared"));
  expect(screen.getByRole("combobox", { name: "Room" })).toBeEnabled();
});

it("shows a failure at the field with a retry that asks the provider itself; the rest of the form works", async () => {
  let fails = true;
  const asked = serveRooms(() =>
    fails
      ? HttpResponse.json(
          { error: "UpstreamFailed", message: "The data provider rooms failed: no answer.", details: {} },
          { status: 502, headers: { "X-Request-Id": "req-3" } },
        )
      : rooms("A"),
  );
  const user = renderForm([room, makeField({ name: "note", label: "Note" })]);
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The data provider rooms failed: no answer.");
  expect(alert).toHaveTextContent("req-3");
  await user.type(screen.getByLabelText("Note"), "still works");
  expect(screen.getByLabelText("Note")).toHaveValue("still works");
  fails = false;
  await user.click(screen.getByRole("button", { name: "Load Room again" }));
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Room" })).toBeEnabled());
  expect(asked.map((one) => one.refresh)).toEqual([false, true]);
});

it("says when there is nothing to choose from", async () => {
  serveRooms(() => rooms());
  renderForm([room]);
  expect(await screen.findByText("There is nothing to choose from.")).toBeVisible();
});

/** A list of 5,000 rooms, of which an answer has those that match, at most 200. */
const manyRooms = ({ search }: Asked) => {
  const all = Array.from({ length: 5000 }, (_, index) => ({ label: `Room ${index}`, value: `r${index}` }));
  const matching = all.filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));
  const options = matching.slice(0, 200);
  return HttpResponse.json({ options, cached: false, total: matching.length, truncated: matching.length > 200 });
};

it("searches a long list on the server, and keeps what was chosen there", async () => {
  const asked = serveRooms(manyRooms);
  const user = renderForm([room, makeField({ name: "note", label: "Note" })]);
  expect(await screen.findByText(`There are ${(5000).toLocaleString()}. Type to find one.`)).toBeVisible();
  const box = screen.getByRole("combobox", { name: "Room" });
  await user.click(box);
  // At once: between keys that come slowly, what there is so far is asked for too.
  fill(box, "room 4321");
  await user.click(await screen.findByRole("option", { name: "Room 4321" }));
  expect(box).toHaveValue("Room 4321");
  await user.click(screen.getByLabelText("Note"));
  await waitFor(() => expect(box).toHaveValue("Room 4321"));
  expect(asked.map(({ search }) => search)).toEqual(["", "room 4321"]);
});

it("keeps a choice of an earlier run that the first part of a long list does not have", async () => {
  serveRooms(manyRooms);
  renderForm([room], { room: "r4999" });
  await screen.findByText(/Type to find one/);
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Room" })).toHaveValue("r4999"));
  expect(screen.queryByText(/no longer available/)).not.toBeInTheDocument();
});
