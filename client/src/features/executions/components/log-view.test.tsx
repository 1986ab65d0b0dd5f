import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { LogView } from "@/features/executions/components/log-view";
import type { LogLine } from "@/features/executions/model/execution";
import type { LogState } from "@/features/executions/model/log-follower";
import { renderPage } from "@/testing/render";

const many = 12_000;

// What is in sight has a size, which jsdom does not measure.
beforeEach(() => {
  vi.spyOn(window.Element.prototype, "clientHeight", "get").mockReturnValue(360);
  vi.spyOn(window.HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(22);
});

function logOf(count: number, change: Partial<LogState> = {}): LogState {
  const lines: LogLine[] = Array.from({ length: count }, (_, index) => ({
    sequence: index + 1,
    timestamp: "2026-03-01T09:00:00Z",
    level: index % 1000 === 999 ? "error" : "info",
    message: `Line ${index + 1}`,
  }));
  return { lines, status: "Success", progress: null, isDone: true, isInterrupted: false, ...change };
}

const shown = () => within(screen.getByRole("log")).queryAllByRole("listitem");

it("puts only the lines in sight on the page, and says how many there are", async () => {
  renderPage(<LogView log={logOf(many)} headingOrder={2} />);
  await waitFor(() => expect(shown().length).toBeGreaterThan(0));
  expect(shown().length).toBeLessThan(100);
  expect(shown()[0]).toHaveAttribute("aria-setsize", String(many));
  expect(screen.getByText(`${many.toLocaleString()} lines`)).toBeVisible();
  expect(screen.getByRole("log", { name: "Log lines" })).toHaveAttribute("tabindex", "0");
});

it("finds one line among thousands, and narrows to errors", async () => {
  renderPage(<LogView log={logOf(many)} headingOrder={2} />);
  const user = userEvent.setup();
  await user.type(screen.getByRole("searchbox", { name: "Search the log" }), "line 11999");
  expect(await screen.findByText("Line 11999")).toBeVisible();
  expect(shown()).toHaveLength(1);
  await user.clear(screen.getByRole("searchbox"));
  await user.click(screen.getByRole("combobox", { name: "Level" }));
  await user.click(await screen.findByRole("option", { name: "Errors" }));
  expect(await screen.findByText(`12 of ${many.toLocaleString()} lines`)).toBeVisible();
  expect(shown().map((line) => line.textContent)).toContainEqual(expect.stringContaining("Line 12000"));
});

it("says when nothing matches, and when there is nothing", async () => {
  const { unmount } = renderPage(<LogView log={logOf(20)} headingOrder={2} />);
  await userEvent.type(screen.getByRole("searchbox"), "absent");
  expect(await screen.findByText("No line matches.")).toBeVisible();
  unmount();
  renderPage(<LogView log={logOf(0)} headingOrder={2} />);
  expect(screen.getByText("It wrote no log.")).toBeVisible();
  expect(screen.queryByRole("searchbox")).not.toBeInTheDocument();
});

it("stops following when somebody goes back by keyboard", async () => {
  renderPage(<LogView log={logOf(20, { isDone: false, status: "Running" })} headingOrder={2} />);
  const user = userEvent.setup();
  expect(screen.getByRole("switch", { name: "Follow the end" })).toBeChecked();
  screen.getByRole("log").focus();
  await user.keyboard("{PageUp}");
  expect(screen.getByRole("switch", { name: "Follow the end" })).not.toBeChecked();
});
