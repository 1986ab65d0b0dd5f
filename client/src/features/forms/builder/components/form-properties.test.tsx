import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import type { FormWrite } from "@/api/generated/management-api/types.gen";
import { FormBuilder } from "@/features/forms/builder/components/form-builder";
import { toDraft } from "@/features/forms/builder/model/convert";
import { contoso, makeField, makeForm } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { managementUrl, server } from "@/testing/server";

const form = makeForm([makeField({ name: "name", label: "Name" })]);

it("has a form run in the background, and saves that", async () => {
  const saved: FormWrite[] = [];
  server.use(
    http.put(`${managementUrl}/api/forms/form-1`, async ({ request }) => {
      const body = (await request.json()) as FormWrite;
      saved.push(body);
      return HttpResponse.json({ ...form, ...body });
    }),
  );
  const draft = toDraft(form);
  renderPage(
    <FormBuilder
      start={draft}
      saved={{ id: form.id, etag: form.etag, draft }}
      catalog={{}}
      organization={{ id: contoso, name: "Contoso" }}
      isAdmin
      viewers={{ choices: [], chosen: "", choose: () => undefined, notice: null, isShown: true }}
      onCreated={() => undefined}
    />,
  );
  fireEvent.click(within(screen.getByLabelText("Fields of the form")).getByText("Form settings"));
  fireEvent.click(screen.getByLabelText(/^Run in the background/));
  fireEvent.click(screen.getByText("Save"));
  await waitFor(() => expect(saved.map(({ runInBackground }) => runInBackground)).toEqual([true]));
}, 30_000);
