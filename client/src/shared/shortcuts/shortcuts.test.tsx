import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { setShortcutsEnabled, useShortcut } from "@/shared/shortcuts/shortcuts";

function Page({ onSearch, onForms }: { onSearch: () => void; onForms: () => void }) {
  useShortcut("/", onSearch);
  useShortcut("g f", onForms);
  return <input aria-label="Name" />;
}

function renderShortcuts() {
  const actions = { onSearch: vi.fn(), onForms: vi.fn() };
  render(<Page {...actions} />);
  return actions;
}

it("run on their keys, one after the other", async () => {
  const { onSearch, onForms } = renderShortcuts();
  await userEvent.keyboard("/");
  await userEvent.keyboard("f");
  expect(onForms).not.toHaveBeenCalled();
  await userEvent.keyboard("gf");
  expect(onSearch).toHaveBeenCalledTimes(1);
  expect(onForms).toHaveBeenCalledTimes(1);
});

it("leave typing alone", async () => {
  const { onSearch } = renderShortcuts();
  await userEvent.type(screen.getByLabelText("Name"), "a/b");
  expect(screen.getByLabelText("Name")).toHaveValue("a/b");
  expect(onSearch).not.toHaveBeenCalled();
});

it("can be switched off", async () => {
  const { onSearch } = renderShortcuts();
  setShortcutsEnabled(false);
  await userEvent.keyboard("/");
  expect(onSearch).not.toHaveBeenCalled();
});
