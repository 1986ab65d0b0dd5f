import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import type { FormWrite } from "@/api/generated/management-api/types.gen";
import { renderBuilder } from "@/features/forms/builder/testing";
import { makeField, makeForm } from "@/testing/data";
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
  renderBuilder(form);
  fireEvent.click(within(screen.getByLabelText("Fields of the form")).getByText("Form settings"));
  fireEvent.click(screen.getByLabelText(/^Run in the background/));
  fireEvent.click(screen.getByText("Save"));
  await waitFor(() => expect(saved.map(({ runInBackground }) => runInBackground)).toEqual([true]));
}, 30_000);
