import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { expect, it, vi } from "vitest";

import type { Field as ApiField, FormRead } from "@/api/generated/management-api/types.gen";
import { RunForm } from "@/features/forms/components/run-form";
import { useFormRun } from "@/features/forms/hooks/use-form-run";
import { toFormDefinition } from "@/features/forms/model/from-api";
import { contoso, makeExecution, makeField, makeForm } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { engineUrl, server } from "@/testing/server";

interface Sent {
  key: string | null;
  prefer: string | null;
  organization: string | null;
  parameters: unknown;
}

/** Records what is submitted, and answers each time as the test says. */
function serveSubmit(...answers: (() => Response)[]): Sent[] {
  const sent: Sent[] = [];
  server.use(
    http.post(`${engineUrl}/api/forms/form-1/submit`, async ({ request }) => {
      const { parameters } = (await request.json()) as { parameters: unknown };
      sent.push({
        key: request.headers.get("idempotency-key"),
        prefer: request.headers.get("prefer"),
        organization: request.headers.get("x-organization-id"),
        parameters,
      });
      await delay(20);
      return (answers.shift() ?? started)();
    }),
  );
  return sent;
}

const started = () => HttpResponse.json(makeExecution({ status: "Running" }), { status: 202 });
const failing = (status: number, body: object) => () =>
  HttpResponse.json(body, { status, headers: { "X-Request-Id": "req-7" } });
const away = failing(503, { error: "Unavailable", message: "Storage is away.", details: {} });

function Filled({ fields, prefill, form, onStarted }: FilledProps) {
  const run = useFormRun(contoso, "form-1", onStarted);
  return (
    <>
      <RunForm
        form={toFormDefinition(makeForm(fields, form))}
        organization={{ id: contoso, name: "Contoso" }}
        run={run}
        prefill={prefill}
      />
      <button onClick={run.again}>Again</button>
    </>
  );
}

interface FilledProps {
  fields: ApiField[];
  prefill?: Record<string, unknown>;
  form?: Partial<FormRead>;
  onStarted: (executionId: string) => void;
}

function renderForm(fields: ApiField[], prefill?: Record<string, unknown>, form?: Partial<FormRead>) {
  const onStarted = vi.fn();
  renderPage(<Filled fields={fields} prefill={prefill} form={form} onStarted={onStarted} />);
  return { user: userEvent.setup(), onStarted };
}

const run = () => screen.getByRole("button", { name: "Run" });
const name = makeField({ name: "name", label: "Name", required: true });
const email = makeField({ name: "email", label: "E-mail", type: "email" });

it("says what is wrong once a field was left, and then while typing", async () => {
  const { user } = renderForm([name, email]);
  await user.type(screen.getByLabelText("E-mail"), "ada@");
  expect(screen.queryByText(/Enter an e-mail address/)).not.toBeInTheDocument();
  await user.tab();
  expect(await screen.findByText(/Enter an e-mail address/)).toBeVisible();
  expect(screen.getByLabelText("E-mail")).toBeInvalid();
  await user.type(screen.getByLabelText("E-mail"), "contoso.example");
  await waitFor(() => expect(screen.queryByText(/Enter an e-mail address/)).not.toBeInTheDocument());
});

it("sends nothing that breaks a rule, and goes to the first field that does", async () => {
  const sent = serveSubmit();
  const { user } = renderForm([
    email,
    name,
    makeField({ name: "box", label: "Agreed", type: "checkbox", required: true }),
  ]);
  await user.click(run());
  expect(await screen.findByText("This field is required.")).toBeVisible();
  expect(screen.getByText("2 fields need your attention.")).toBeVisible();
  expect(screen.getByLabelText(/Name/)).toHaveFocus();
  expect(sent).toEqual([]);
});

it("runs once, for the organization, however often Run is pressed", async () => {
  const sent = serveSubmit();
  const { user, onStarted } = renderForm([name]);
  await user.type(screen.getByLabelText(/Name/), "Ada");
  await user.dblClick(run());
  await waitFor(() => expect(onStarted).toHaveBeenCalledWith("execution-1"));
  expect(sent).toEqual([
    { key: expect.any(String) as string, prefer: "wait=1", organization: contoso, parameters: { name: "Ada" } },
  ]);
  expect(run()).toBeDisabled();
});

it("runs the same input again only when that is meant, under a new key", async () => {
  const sent = serveSubmit();
  const { user } = renderForm([name], { name: "Ada" });
  await user.click(run());
  // The button is off while the run is being sent, too; only this text says that it was.
  await screen.findByText(/This input has been run/);
  await user.click(screen.getByRole("button", { name: "Again" }));
  await user.click(run());
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[0]?.key).not.toBe(sent[1]?.key);
});

it("takes other input after a run", async () => {
  const sent = serveSubmit();
  const { user } = renderForm([name], { name: "Ada" });
  await user.click(run());
  // The button is off while the run is being sent, too; only this text says that it was.
  await screen.findByText(/This input has been run/);
  await user.type(screen.getByLabelText(/Name/), "!");
  await waitFor(() => expect(run()).toBeEnabled());
  await user.click(run());
  await waitFor(() => expect(sent.map((one) => one.parameters)).toEqual([{ name: "Ada" }, { name: "Ada!" }]));
});

it("keeps what was typed and the key when the service is away, and says the request id", async () => {
  const sent = serveSubmit(away, () => HttpResponse.error());
  const { user, onStarted } = renderForm([name]);
  await user.type(screen.getByLabelText(/Name/), "Ada");
  await user.click(run());
  const alert = await screen.findByRole("alert");
  expect(within(alert).getByText("Storage is away.")).toBeVisible();
  expect(within(alert).getByText("What you typed is kept.")).toBeVisible();
  expect(within(alert).getByText("Request id req-7")).toBeVisible();
  await user.click(run());
  expect(await screen.findByText("The service could not be reached.")).toBeVisible();
  expect(screen.getByLabelText(/Name/)).toHaveValue("Ada");
  await user.click(run());
  await waitFor(() => expect(onStarted).toHaveBeenCalled());
  expect(new Set(sent.map((one) => one.key)).size).toBe(1);
});

it("puts the server's messages at their fields, and names those that the form does not have", async () => {
  serveSubmit(
    failing(400, {
      error: "ValidationError",
      message: "email: taken",
      details: { fields: { email: "Somebody has this address.", ghost: "The form has no such field." } },
    }),
  );
  const { user } = renderForm([name, email], { name: "Ada", email: "ada@contoso.example" });
  await user.click(run());
  expect(await screen.findByText("Somebody has this address.")).toBeVisible();
  expect(screen.getByLabelText("E-mail")).toHaveFocus();
  expect(screen.getByText("ghost: The form has no such field.")).toBeVisible();
  await user.type(screen.getByLabelText("E-mail"), "x");
  await waitFor(() => expect(screen.queryByText("Somebody has this address.")).not.toBeInTheDocument());
});

it("shows, checks and sends a field only while its rule holds", async () => {
  const sent = serveSubmit();
  const { user } = renderForm([
    makeField({
      name: "when",
      label: "When",
      type: "radio",
      required: true,
      options: [
        { label: "Today", value: "today" },
        { label: "Later", value: "later" },
      ],
    }),
    makeField({
      name: "why",
      label: "Why",
      required: true,
      visibleWhen: { field: "when", operator: "equals", value: "today" },
    }),
  ]);
  expect(screen.queryByLabelText(/Why/)).not.toBeInTheDocument();
  await user.click(screen.getByLabelText("Today"));
  await user.type(await screen.findByLabelText(/Why/), "Urgent");
  await user.click(screen.getByLabelText("Later"));
  expect(screen.queryByLabelText(/Why/)).not.toBeInTheDocument();
  await user.click(screen.getByLabelText("Today"));
  expect(await screen.findByLabelText(/Why/)).toHaveValue("Urgent");
  await user.click(screen.getByLabelText("Later"));
  await user.click(run());
  await waitFor(() => expect(sent.map((one) => one.parameters)).toEqual([{ when: "later" }]));
});

it("shows markdown as text where it has HTML, without pictures of other sites", async () => {
  renderForm([
    makeField({
      name: "about",
      type: "markdown",
      content: "**Read** <img src=x onerror=alert(1)> ![a plan](https://x.example/p.png)",
    }),
  ]);
  await waitFor(() => expect(screen.getByText("Read").tagName).toBe("STRONG"));
  expect(screen.getByText(/<img src=x onerror=alert\(1\)>/)).toBeVisible();
  expect(screen.getByText("a plan")).toBeVisible();
  expect(document.querySelector("img")).toBeNull();
});

it("runs in the background where that is asked for", async () => {
  const sent = serveSubmit();
  const { user } = renderForm([name]);
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Ada");
  await user.click(screen.getByRole("checkbox", { name: "Run in the background" }));
  await user.click(run());
  await waitFor(() => expect(sent.map(({ prefer }) => prefer)).toEqual(["respond-async"]));
});

it("says so where the form itself runs in the background, and asks for it", async () => {
  const sent = serveSubmit();
  const { user } = renderForm([name], undefined, { runInBackground: true });
  expect(screen.getByText(/^Runs in the background/)).toBeVisible();
  expect(screen.queryByRole("checkbox")).toBeNull();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Ada");
  await user.click(run());
  await waitFor(() => expect(sent.map(({ prefer }) => prefer)).toEqual(["respond-async"]));
});

it("says in which zone a date and time is meant, and sends its offset", async () => {
  const sent = serveSubmit();
  const { user } = renderForm([makeField({ name: "at", label: "At", type: "datetime", helpText: "When." })]);
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  expect(screen.getByText(new RegExp(`^When. \\(Time zone: ${timeZone}, UTC`))).toBeVisible();
  await user.type(screen.getByLabelText("At"), "2026-07-01T09:30");
  await user.click(run());
  await waitFor(() => expect(sent).toHaveLength(1));
  const { at } = sent[0]?.parameters as { at: string };
  expect(at).toMatch(/^2026-07-01T09:30:00[+-]\d{2}:\d{2}$/);
});
