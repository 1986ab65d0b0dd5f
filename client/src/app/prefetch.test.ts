import { beforeEach, describe, expect, it, vi } from "vitest";

import { prefetchPages, preloadPage } from "@/app/prefetch";

describe("fetching pages ahead", () => {
  /** What waits for the browser to be idle. */
  let waiting: (() => void)[] = [];
  const idle = async () => {
    waiting.splice(0).forEach((then) => then());
    await vi.advanceTimersByTimeAsync(250);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    waiting = [];
    vi.stubGlobal("window", { requestIdleCallback: (then: () => void) => waiting.push(then) });
    return () => {
      vi.useRealTimers();
      vi.unstubAllGlobals();
    };
  });

  it("fetches one page at a time, and goes on after one that cannot be fetched", async () => {
    const loads = [vi.fn(() => Promise.reject(new Error("away"))), vi.fn(() => Promise.resolve()), vi.fn(() => Promise.resolve())];
    prefetchPages(() => false, loads);
    expect(loads[0]).not.toHaveBeenCalled();
    for (const [turn, load] of loads.entries()) {
      await idle();
      expect(load).toHaveBeenCalledOnce();
      loads.slice(turn + 1).forEach((later) => expect(later).not.toHaveBeenCalled());
    }
  });

  it("lets the page in sight have its answers first", async () => {
    let isBusy = true;
    const load = vi.fn(() => Promise.resolve());
    prefetchPages(() => isBusy, [load]);
    await idle();
    await idle();
    expect(load).not.toHaveBeenCalled();
    isBusy = false;
    await idle();
    expect(load).toHaveBeenCalledOnce();
  });

  it("stops when it is told to", async () => {
    const load = vi.fn(() => Promise.resolve());
    prefetchPages(() => false, [load])();
    await idle();
    expect(load).not.toHaveBeenCalled();
  });
});

it("fetches the pages of an address, and none for one that is not there", () => {
  const [frame, page, other] = [vi.fn(), vi.fn(), vi.fn()].map((load) => load.mockResolvedValue({}));
  const routes = [
    { path: "/", lazy: frame, children: [{ path: "forms/:formId", lazy: page }, { path: "users", lazy: other }] },
  ];
  preloadPage(routes, "/nowhere");
  expect(frame).not.toHaveBeenCalled();
  preloadPage(routes, "/forms/f1");
  expect(frame).toHaveBeenCalledOnce();
  expect(page).toHaveBeenCalledOnce();
  expect(other).not.toHaveBeenCalled();
});
