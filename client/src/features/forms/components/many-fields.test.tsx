import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { RunForm } from "@/features/forms/components/run-form";
import * as fieldHook from "@/features/forms/hooks/use-field";
import { toFormDefinition } from "@/features/forms/model/from-api";
import { contoso, makeField, makeForm } from "@/testing/data";
import { renderPage } from "@/testing/render";

// Each field that renders asks for its input once: counted, and passed on.
vi.mock("@/features/forms/hooks/use-field", { spy: true });

function clear() {
  vi.mocked(fieldHook.useField).mockClear();
  vi.mocked(fieldHook.useTextInput).mockClear();
}

/** The fields that have rendered, each as often as it did. */
function rendered(): string[] {
  const { useField, useTextInput } = vi.mocked(fieldHook);
  return [...useField.mock.calls, ...useTextInput.mock.calls].map(([field]) => field.name);
}

beforeEach(clear);

function renderFields(kind: Partial<Parameters<typeof makeField>[0]>) {
  const fields = Array.from({ length: 50 }, (_, index) =>
    makeField({ ...kind, name: `f${index}`, label: `Field ${index}`, section: `Part ${index % 5}` }),
  );
  const run = {
    submit: () => Promise.resolve("execution-1"),
    isPending: false,
    error: null,
    hasRun: false,
    changed: () => undefined,
    again: () => undefined,
  };
  renderPage(
    <RunForm form={toFormDefinition(makeForm(fields))} organization={{ id: contoso, name: "Contoso" }} run={run} />,
  );
  return userEvent.setup();
}

it("renders none of fifty fields for a key in a text, and one for what is wrong with it", async () => {
  const user = renderFields({ required: true });
  const input = screen.getByLabelText(/^Field 24/);
  // The first key changes the form as a whole: from now on it has something to lose.
  await user.type(input, "a");
  clear();
  await user.type(input, "bcde");
  expect(input).toHaveValue("abcde");
  expect(rendered()).toEqual([]);
  await user.clear(input);
  await user.tab();
  expect(await screen.findByText("This field is required.")).toBeInTheDocument();
  expect(new Set(rendered())).toEqual(new Set(["f24"]));
});

it("renders one of fifty fields for a key in any other input", async () => {
  const user = renderFields({ type: "textarea" });
  const input = screen.getByLabelText(/^Field 24/);
  await user.type(input, "a");
  clear();
  await user.type(input, "bcde");
  expect(new Set(rendered())).toEqual(new Set(["f24"]));
  expect(rendered().length).toBeLessThanOrEqual(8);
});
