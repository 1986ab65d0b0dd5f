import { expect, it, vi } from "vitest";

import type { LogLine, LogPage } from "@/features/executions/model/execution";
import type { LogFollowerOptions } from "@/features/executions/model/log-follower";
import { LogFollower } from "@/features/executions/model/log-follower";

const line = (sequence: number): LogLine => ({
  sequence,
  timestamp: "2026-03-01T09:00:00Z",
  level: "info",
  message: `line ${sequence}`,
});

function page(sequences: number[], change: Partial<LogPage> = {}): LogPage {
  return {
    items: sequences.map(line),
    next: sequences.at(-1) ?? 0,
    done: false,
    status: "Running",
    progress: null,
    ...change,
  };
}

const done = (sequences: number[]) => page(sequences, { done: true, status: "Success" });

/** Answers in turn; an Error is thrown. */
function makeFollower(answers: (LogPage | Error)[], waitSeconds = 20) {
  const fetchPage = vi.fn<LogFollowerOptions["fetchPage"]>(() => {
    const answer = answers.shift();
    if (answer === undefined) {
      return new Promise(() => undefined);
    }
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  const sleep = vi.fn<NonNullable<LogFollowerOptions["sleep"]>>(() => Promise.resolve());
  const follower = new LogFollower({ fetchPage, waitSeconds, sleep, untilVisible: () => Promise.resolve() });
  return { follower, fetchPage, sleep };
}

const sequences = (follower: LogFollower) => follower.snapshot().lines.map((one) => one.sequence);

it("asks for what comes after the last line, until the execution has ended", async () => {
  const { follower, fetchPage } = makeFollower([page([1, 2]), page([]), done([3])]);
  follower.subscribe(() => undefined);
  await vi.waitFor(() => expect(follower.snapshot().isDone).toBe(true));
  expect(fetchPage.mock.calls.map(([after, wait]) => [after, wait])).toEqual([
    [0, 20],
    [2, 20],
    [2, 20],
  ]);
  expect(sequences(follower)).toEqual([1, 2, 3]);
  expect(follower.snapshot().status).toBe("Success");
});

it("goes on after a lost connection and shows no line twice", async () => {
  const { follower, sleep } = makeFollower([page([1]), new Error("lost"), page([1, 2]), done([])]);
  const interrupted: boolean[] = [];
  follower.subscribe(() => interrupted.push(follower.snapshot().isInterrupted));
  await vi.waitFor(() => expect(follower.snapshot().isDone).toBe(true));
  expect(interrupted).toEqual([false, true, false, false]);
  expect(sleep).toHaveBeenCalledTimes(1);
  expect(sequences(follower)).toEqual([1, 2]);
});

it("polls less often while nothing comes, where requests are not held", async () => {
  const { follower, sleep } = makeFollower([page([]), page([]), page([]), page([]), page([]), page([1]), done([])], 0);
  follower.subscribe(() => undefined);
  await vi.waitFor(() => expect(follower.snapshot().isDone).toBe(true));
  expect(sleep.mock.calls.map(([pause]) => pause)).toEqual([1500, 2250, 3375, 5000, 5000, 1000]);
});

it("stops when nobody looks any more, and goes on where it was", async () => {
  const { follower, fetchPage } = makeFollower([page([1, 2])]);
  const leave = follower.subscribe(() => undefined);
  await vi.waitFor(() => expect(fetchPage).toHaveBeenCalledTimes(2));
  const held = fetchPage.mock.calls[1]?.[2];
  leave();
  expect(held?.aborted).toBe(true);
  follower.subscribe(() => undefined);
  await vi.waitFor(() => expect(fetchPage).toHaveBeenCalledTimes(3));
  expect(fetchPage.mock.calls[2]?.[0]).toBe(2);
});

it("does not ask while the page is out of sight", async () => {
  const fetchPage = vi.fn<LogFollowerOptions["fetchPage"]>(() => Promise.resolve(done([1])));
  const waiting: (() => void)[] = [];
  const untilVisible = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  const follower = new LogFollower({ fetchPage, waitSeconds: 20, untilVisible });
  follower.subscribe(() => undefined);
  await Promise.resolve();
  expect(fetchPage).not.toHaveBeenCalled();
  waiting.forEach((show) => {
    show();
  });
  await vi.waitFor(() => expect(follower.snapshot().isDone).toBe(true));
});
