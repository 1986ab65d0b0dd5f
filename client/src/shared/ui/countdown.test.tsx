import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ApiError } from "@/api/api-error";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { renderPage } from "@/testing/render";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("counts down to the next try after too many requests", () => {
  const error = new ApiError({ status: 429, code: "TooManyRequests", message: "Slow down.", retryAfterSeconds: 3 });
  renderPage(<ErrorNotice error={error} title="The form could not be run." kept="What you typed is kept." />);
  expect(screen.getByRole("timer")).toHaveTextContent("Try again in 3 seconds.");
  act(() => {
    vi.advanceTimersByTime(2000);
  });
  expect(screen.getByRole("timer")).toHaveTextContent("Try again in 1 second.");
  act(() => {
    vi.advanceTimersByTime(1000);
  });
  expect(screen.getByRole("timer")).toHaveTextContent("You can try again now.");
  expect(screen.getByText("What you typed is kept.")).toBeVisible();
});

it("tries to read again by itself when the time has come, and not before", () => {
  const error = new ApiError({ status: 429, code: "TooManyRequests", message: "Slow down.", retryAfterSeconds: 3 });
  const retry = vi.fn();
  renderPage(<ErrorNotice error={error} title="The forms could not be loaded." onRetry={retry} />);
  expect(screen.getByRole("timer")).toHaveTextContent("Trying again in 3 seconds.");
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
  act(() => {
    vi.advanceTimersByTime(2900);
  });
  expect(retry).not.toHaveBeenCalled();
  act(() => {
    vi.advanceTimersByTime(200);
  });
  expect(retry).toHaveBeenCalledOnce();
});
