import { expect, it } from "vitest";

import type { ScheduleTally } from "@/features/schedules/api";
import { hasGap, tallyWords } from "@/features/schedules/model/tally";

function makeTally(change: Partial<ScheduleTally>): ScheduleTally {
  return {
    countedSince: "2026-03-01T00:00:00Z",
    expected: 0,
    fired: 0,
    skipped: 0,
    missed: 0,
    failed: 0,
    overdue: 0,
    ...change,
  };
}

it.each([
  [{}, "Not due", false],
  [{ expected: 7, fired: 7 }, "7 of 7 ran", false],
  [{ expected: 7, fired: 6, skipped: 1 }, "6 of 7 ran, 1 skipped", false],
  [{ expected: 7, fired: 4, missed: 2, failed: 1 }, "4 of 7 ran, 2 missed, 1 could not start", true],
  [{ expected: 1, overdue: 1 }, "0 of 1 ran, 1 overdue", true],
])("says what ran of what was due: %j", (change, words, gap) => {
  expect(tallyWords(makeTally(change))).toBe(words);
  expect(hasGap(makeTally(change))).toBe(gap);
});
