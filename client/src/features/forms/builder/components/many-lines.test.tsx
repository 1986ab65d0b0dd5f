import * as sortable from "@dnd-kit/sortable";
import { fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { renderBuilder } from "@/features/forms/builder/testing";
import * as fieldHook from "@/features/forms/hooks/use-field";
import { makeField, makeForm } from "@/testing/data";

// Each line of the list that renders asks for its place, and each field of the preview for its input: counted.
vi.mock("@dnd-kit/sortable", { spy: true });
vi.mock("@/features/forms/hooks/use-field", { spy: true });

const form = makeForm(
  Array.from({ length: 5 }, (_, index) =>
    makeField({ name: `f${index}`, label: `Field ${index}`, section: `Part ${index % 2}` }),
  ),
);

function clear() {
  vi.mocked(sortable.useSortable).mockClear();
  vi.mocked(fieldHook.useField).mockClear();
  vi.mocked(fieldHook.useTextInput).mockClear();
}

beforeEach(clear);

it("renders one of many fields for a key in its label, in the list and in the preview", async () => {
  const draft = renderBuilder(form, null);
  const preview = within(screen.getByLabelText("Preview of the form"));
  fireEvent.click(within(screen.getByLabelText("Fields")).getByText("Field 3"));
  const label = screen.getByLabelText(/^Label(?! and)/);
  fireEvent.change(label, { target: { value: "Field 3a" } });
  expect(await preview.findByLabelText("Field 3a")).toBeInTheDocument();
  clear();
  fireEvent.change(label, { target: { value: "Field 3abc" } });
  expect(await preview.findByLabelText("Field 3abc")).toBeInTheDocument();
  const key = draft.fields.find(({ name }) => name === "f3")?.key;
  const lines = vi.mocked(sortable.useSortable).mock.calls.map(([{ id }]) => id);
  // Sections are headings that are made of the fields: two, and no matter.
  expect(new Set(lines.filter((id) => !String(id).startsWith("section:")))).toEqual(new Set([key]));
  const { useField, useTextInput } = vi.mocked(fieldHook);
  const inputs = [...useField.mock.calls, ...useTextInput.mock.calls].map(([field]) => field.name);
  expect(new Set(inputs)).toEqual(new Set(["f3"]));
}, 30_000);
