import { expect, it } from "vitest";

import { askedAt, timeline } from "@/features/executions/model/timeline";
import { makeExecution } from "@/testing/data";

// 2026-03-01T08:59:58.000Z as the first 48 bits of a UUID of version 7.
const milliseconds = new Date("2026-03-01T08:59:58.000Z").getTime().toString(16).padStart(12, "0");
const executionId = `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7abc-8def-0123456789ab`;

const attempt = (number: number, reason: "error" | "success") => ({
  number,
  startedAt: `2026-03-01T09:0${number}:00Z`,
  endedAt: `2026-03-01T09:0${number}:30Z`,
  reason,
  error: reason === "error" ? { type: "IntegrationError", message: "Graph is away." } : null,
});

it("reads from the id when it was asked for", () => {
  expect(askedAt(executionId)).toBe("2026-03-01T08:59:58.000Z");
  expect(askedAt("execution-1")).toBeNull();
  expect(askedAt("0196a000-0000-4abc-8def-0123456789ab")).toBeNull();
});

it("of one attempt is asked, started, ended", () => {
  const events = timeline(makeExecution({ executionId }));
  expect(events.map(({ title }) => title)).toEqual(["Requested", "Started", "Succeeded"]);
  expect(events.at(-1)?.tone).toBe("good");
});

it("of several attempts names each, and why it ended", () => {
  const attempts = [attempt(1, "error"), attempt(2, "success")];
  const events = timeline(makeExecution({ attempts, startedAt: "2026-03-01T09:02:00Z" }));
  expect(events.map(({ title }) => title)).toEqual([
    "Attempt 1 started",
    "Attempt 1 failed",
    "Attempt 2 started",
    "Attempt 2 succeeded",
    "Succeeded",
  ]);
  expect(events[1]?.detail).toBe("IntegrationError: Graph is away.");
});

it("while it waits says when the next attempt begins", () => {
  const events = timeline(
    makeExecution({
      status: "Pending",
      completedAt: null,
      durationMs: null,
      attempts: [attempt(1, "error")],
      nextAttemptAt: "2026-03-01T09:05:00Z",
    }),
  );
  expect(events.at(-1)).toMatchObject({ title: "Attempt 2 begins", isAhead: true });
  expect(events.map(({ title }) => title)).not.toContain("Started");
});

it("while a second attempt runs shows its start", () => {
  const execution = makeExecution({
    status: "Running",
    completedAt: null,
    durationMs: null,
    attempts: [attempt(1, "error")],
    startedAt: "2026-03-01T09:02:00Z",
  });
  expect(timeline(execution).at(-1)?.title).toBe("Attempt 2 started");
});

it("cancelled while it waited has never started", () => {
  const change = { executionId, status: "Cancelled" as const };
  const titles = (startedAt: string) => timeline(makeExecution({ ...change, startedAt })).map(({ title }) => title);
  expect(titles("2026-03-01T08:59:58.001Z")).toEqual(["Requested", "Cancelled"]);
  expect(titles("2026-03-01T09:00:00Z")).toEqual(["Requested", "Started", "Cancelled"]);
});
