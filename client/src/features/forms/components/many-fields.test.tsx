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

beforeEach(() => {
  vi.mocked(fieldHook.useField).mockClear();
});

it("renders one of fifty fields for a key, not all of them", async () => {
  const fields = Array.from({ length: 50 }, (_, index) =>
    makeField({ name: `f${index}`, label: `Field ${index}`, section: `Part ${index % 5}` }),
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
  const user = userEvent.setup();
  const input = screen.getByLabelText("Field 24");
  // The first key changes the form as a whole: from now on it has something to lose.
  await user.type(input, "a");
  vi.mocked(fieldHook.useField).mockClear();
  await user.type(input, "bcde");
  const rendered = vi.mocked(fieldHook.useField).mock.calls.map(([field]) => field.name);
  expect(new Set(rendered)).toEqual(new Set(["f24"]));
  expect(rendered.length).toBeLessThanOrEqual(8);
});
