import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import type { FormWrite } from "@/api/generated/management-api/types.gen";
import { renderBuilder } from "@/features/forms/builder/testing";
import { makeField, makeForm } from "@/testing/data";
import { managementUrl, server } from "@/testing/server";

const form = makeForm([makeField({ name: "office", label: "Office" })]);

function openLabel() {
  renderBuilder(form, '"1"');
  fireEvent.click(within(screen.getByLabelText("Fields")).getByText("Office"));
  return screen.getByLabelText(/^Label(?! and)/);
}

function saves(): FormWrite[] {
  const sent: FormWrite[] = [];
  server.use(
    http.put(`${managementUrl}/api/forms/:id`, async ({ request }) => {
      sent.push((await request.json()) as FormWrite);
      return HttpResponse.json(form, { headers: { etag: '"2"' } });
    }),
  );
  return sent;
}

it("saves what was just typed, also where the page has not followed yet", async () => {
  const sent = saves();
  const label = openLabel();
  act(() => {
    fireEvent.change(label, { target: { value: "Office in town" } });
    expect(label).toHaveValue("Office in town");
    // The page is still behind what was typed: the list has the label from before.
    expect(within(screen.getByLabelText("Fields")).queryByText("Office in town")).toBeNull();
    fireEvent.keyDown(label, { key: "s", ctrlKey: true });
  });
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.formSchema.fields?.[0]?.label).toBe("Office in town");
  expect(await screen.findByText("Saved")).toBeInTheDocument();
});

it("undoes what was just typed, and does it again", () => {
  const label = openLabel();
  act(() => {
    fireEvent.change(label, { target: { value: "Office i" } });
    fireEvent.change(label, { target: { value: "Office in" } });
    fireEvent.keyDown(label, { key: "z", ctrlKey: true });
  });
  expect(label).toHaveValue("Office");
  act(() => {
    fireEvent.keyDown(label, { key: "y", ctrlKey: true });
  });
  expect(label).toHaveValue("Office in");
});
