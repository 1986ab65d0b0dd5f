import { expect, it } from "vitest";

import type { Bucket, Metrics } from "@/features/metrics/model/metrics";
import { chartPoints, chartSummary, rateText, scopeText } from "@/features/metrics/model/metrics";

const none = { p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null };

function makeBucket(change: Partial<Bucket> = {}): Bucket {
  const byStatus = { Pending: 0, Running: 0, Success: 0, Failed: 0, Cancelled: 0, TimedOut: 0 };
  const times = { startsAt: "2026-03-01T09:00:00Z", endsAt: "2026-03-01T10:00:00Z" };
  return { count: 0, byStatus, failureRate: null, durations: none, ...times, ...change };
}

function makeMetrics(buckets: Bucket[], total: Partial<Bucket>): Metrics {
  return {
    window: "24h",
    startsAt: "2026-03-01T09:00:00Z",
    endsAt: "2026-03-02T09:00:00Z",
    organizations: null,
    total: makeBucket(total),
    buckets,
    slowestWorkflows: [],
    failingWorkflows: [],
  };
}

it.each([
  [null, "–"],
  [0, "0 %"],
  [0.004, "0.4 %"],
  [0.05, "5 %"],
  [0.3333, "33 %"],
  [1, "100 %"],
])("says a failure rate of %s as %s", (rate, text) => {
  expect(rateText(rate)).toBe(text);
});

it("counts what timed out as failed, and what has not ended or was cancelled as others", () => {
  const byStatus = { Pending: 1, Running: 2, Success: 4, Failed: 1, Cancelled: 1, TimedOut: 1 };
  const durations = { p50Ms: 1234, p95Ms: 60_004, p99Ms: 60_004, maxMs: 60_004 };
  const [point] = chartPoints(makeMetrics([makeBucket({ count: 10, byStatus, durations })], {}));
  expect(point).toMatchObject({ succeeded: 4, failed: 2, others: 4, p50: 1.23, p95: 60 });
});

it("leaves a gap where nothing has ended", () => {
  expect(chartPoints(makeMetrics([makeBucket()], {}))[0]).toMatchObject({ p50: null, p95: null });
});

it("sums the charts up in a sentence", () => {
  const total = { count: 12, byStatus: { Success: 9, Failed: 2, TimedOut: 1 } };
  expect(chartSummary(makeMetrics([makeBucket({ count: 3 }), makeBucket({ count: 9 })], total))).toMatch(
    /^Last 24 hours: 12 executions, 3 of them failed\. Most of them, 9, from .+ on\.$/,
  );
  expect(chartSummary(makeMetrics([makeBucket()], {}))).toBe("Last 24 hours: 0 executions, 0 of them failed.");
});

it("says whose executions are counted", () => {
  expect(scopeText(null)).toBe("All organizations.");
  expect(scopeText(0)).toBe("The 0 organizations whose history you may view.");
  expect(scopeText(1)).toBe("The one organization whose history you may view.");
});
