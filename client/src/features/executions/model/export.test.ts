import { expect, it } from "vitest";

import type { ExecutionSummary } from "@/features/executions/model/execution";
import { collectExecutions, executionsCsv, mostExported } from "@/features/executions/model/export";
import { makeExecution } from "@/testing/data";

/** So many executions, in pages of 200. */
function pages(count: number) {
  const all: ExecutionSummary[] = Array.from({ length: count }, () => makeExecution());
  const asked: (string | null)[] = [];
  const load = (cursor: string | null) => {
    asked.push(cursor);
    const start = Number(cursor ?? 0);
    const end = start + 200;
    return Promise.resolve({ items: all.slice(start, end), next: end < count ? String(end) : null });
  };
  return { load, asked };
}

it("reads every page, and tells how far it is", async () => {
  const { load, asked } = pages(450);
  const counts: number[] = [];
  const { executions, isComplete } = await collectExecutions(load, (count) => counts.push(count));
  expect(executions).toHaveLength(450);
  expect(isComplete).toBe(true);
  expect(asked).toEqual([null, "200", "400"]);
  expect(counts).toEqual([200, 400, 450]);
});

it("stops at the most that is exported, and says that there is more", async () => {
  const { load, asked } = pages(mostExported + 1);
  const { executions, isComplete } = await collectExecutions(load, () => undefined);
  expect(executions).toHaveLength(mostExported);
  expect(isComplete).toBe(false);
  expect(asked).toHaveLength(25);
});

it("is complete with exactly as many", async () => {
  const { load } = pages(mostExported);
  expect((await collectExecutions(load, () => undefined)).isComplete).toBe(true);
});

it("writes a line for each, with names instead of ids", () => {
  const failed = makeExecution({ status: "Failed", error: { type: "WorkflowError", message: "=no", details: {} } });
  const lines = executionsCsv([failed], () => "Contoso, Ltd").split("\r\n");
  expect(lines[1]).toBe(
    '2026-03-01T09:00:00Z,2026-03-01T09:00:01Z,420,Failed,onboard_user,"Contoso, Ltd",' +
      "Service Desk Technician,Form,WorkflowError: =no,execution-1",
  );
});
