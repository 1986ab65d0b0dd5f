import type { ExecutionSummary } from "@/features/executions/model/execution";
import { statusWords, triggerWords } from "@/features/executions/model/execution";
import { toCsv } from "@/shared/files/csv";

/** More than this is a job for the API; a browser would take minutes. */
export const mostExported = 5000;

const headings = [
  "Started",
  "Ended",
  "Duration (ms)",
  "Status",
  "Workflow",
  "Organization",
  "Run by",
  "Trigger",
  "Error",
  "Execution id",
];

/** Executions as CSV, moments in UTC. */
export function executionsCsv(
  executions: readonly ExecutionSummary[],
  organizationName: (organizationId: string) => string,
): string {
  return toCsv(
    headings,
    executions.map((execution) => [
      execution.startedAt,
      execution.completedAt,
      execution.durationMs,
      statusWords[execution.status],
      execution.workflowName,
      organizationName(execution.organizationId),
      execution.executedByName || execution.executedBy,
      triggerWords[execution.trigger],
      execution.error === null ? null : `${execution.error.type}: ${execution.error.message}`,
      execution.executionId,
    ]),
  );
}

interface Page {
  items: ExecutionSummary[];
  next: string | null;
}

/** Reads page after page, newest first, up to the most that is exported. */
export async function collectExecutions(
  load: (cursor: string | null) => Promise<Page>,
  onProgress: (count: number) => void,
): Promise<{ executions: ExecutionSummary[]; isComplete: boolean }> {
  const executions: ExecutionSummary[] = [];
  let cursor: string | null = null;
  do {
    const page = await load(cursor);
    executions.push(...page.items);
    cursor = page.next;
    onProgress(Math.min(executions.length, mostExported));
  } while (cursor !== null && executions.length < mostExported);
  const isComplete = cursor === null && executions.length <= mostExported;
  return { executions: executions.slice(0, mostExported), isComplete };
}
