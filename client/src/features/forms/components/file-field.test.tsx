import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { expect, it, vi } from "vitest";

import { RunForm } from "@/features/forms/components/run-form";
import { toFormDefinition } from "@/features/forms/model/from-api";
import { contoso, makeField, makeForm } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { engineUrl, server } from "@/testing/server";

const table = makeField({
  name: "table",
  label: "Table",
  type: "file",
  required: true,
  accept: [".csv"],
  maxSizeBytes: 1000,
});

function renderForm() {
  const submit = vi.fn(() => Promise.resolve("execution-1"));
  const run = {
    submit,
    isPending: false,
    error: null,
    hasRun: false,
    changed: () => undefined,
    again: () => undefined,
  };
  renderPage(
    <RunForm form={toFormDefinition(makeForm([table]))} organization={{ id: contoso, name: "Contoso" }} run={run} />,
  );
  return { user: userEvent.setup({ applyAccept: false }), submit };
}

/** Takes uploads, and answers as the test says. */
function serveUploads(answer: () => Response | Promise<Response>): URL[] {
  const asked: URL[] = [];
  server.use(
    http.post(`${engineUrl}/api/forms/form-1/files`, async ({ request }) => {
      asked.push(new URL(request.url));
      return answer();
    }),
  );
  return asked;
}

const uploaded = () =>
  HttpResponse.json(
    { fileId: "f1", name: "people.csv", contentType: "text/csv", sizeBytes: 12, expiresAt: "2026-03-02T00:00:00Z" },
    { status: 201 },
  );
const csv = (name = "people.csv", content = "first_name\n") => new File([content], name, { type: "text/csv" });
const input = () => screen.getByLabelText("Table", { selector: "input" });
const run = () => screen.getByRole("button", { name: "Run" });

it("sends the file at once, and its id with the form", async () => {
  const asked = serveUploads(uploaded);
  const { user, submit } = renderForm();
  await user.upload(input(), csv());
  expect(await screen.findByText("people.csv (12 B)")).toBeVisible();
  expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({ field: "table", filename: "people.csv" });
  await user.click(run());
  await waitFor(() => expect(submit).toHaveBeenCalledWith({ table: "f1" }, false));
});

it("takes a file that is dropped", async () => {
  serveUploads(uploaded);
  renderForm();
  const box = screen.getByText("or drop it here").parentElement ?? document.body;
  fireEvent.drop(box, { dataTransfer: { files: [csv()] } });
  expect(await screen.findByText("people.csv (12 B)")).toBeVisible();
});

it("refuses what the field does not take before anything is sent", async () => {
  const asked = serveUploads(uploaded);
  const { user } = renderForm();
  await user.upload(input(), csv("people.xlsx"));
  expect(await screen.findByText("This field takes .csv only.")).toBeVisible();
  await user.upload(input(), csv("people.csv", "x".repeat(1001)));
  expect(await screen.findByText(/larger than this field takes: at most 1000 B/)).toBeVisible();
  expect(asked).toEqual([]);
});

it("puts what the server says about the file at its field", async () => {
  serveUploads(() =>
    HttpResponse.json(
      { error: "ValidationError", message: "Wrong.", details: { fields: { file: "A .csv file holds text." } } },
      { status: 400 },
    ),
  );
  const { user, submit } = renderForm();
  await user.upload(input(), csv());
  expect(await screen.findByText("A .csv file holds text.")).toBeVisible();
  await user.click(run());
  expect(await screen.findByText("This field is required.")).toBeVisible();
  expect(submit).not.toHaveBeenCalled();
});

it("waits for an upload, and can give it up", async () => {
  serveUploads(async () => {
    await delay("infinite");
    return uploaded();
  });
  const { user, submit } = renderForm();
  await user.upload(input(), csv());
  expect(await screen.findByRole("progressbar", { name: "Upload of people.csv" })).toBeVisible();
  await user.click(run());
  expect(await screen.findByText("Wait until the file is uploaded.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Cancel the upload of people.csv" }));
  expect(await screen.findByRole("button", { name: "Choose a file for Table" })).toBeVisible();
  expect(submit).not.toHaveBeenCalled();
});

it("can be taken out again", async () => {
  serveUploads(uploaded);
  const { user } = renderForm();
  await user.upload(input(), csv());
  await user.click(await screen.findByRole("button", { name: "Remove people.csv from Table" }));
  expect(await screen.findByText("or drop it here")).toBeVisible();
});
