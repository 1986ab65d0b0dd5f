import type { TitleOrder } from "@mantine/core";
import { Stack } from "@mantine/core";

import { ErrorView } from "@/features/executions/components/error-view";
import { LogView } from "@/features/executions/components/log-view";
import { ProgressLine } from "@/features/executions/components/progress-line";
import { ResultView } from "@/features/executions/components/result-view";
import type { Execution } from "@/features/executions/model/execution";
import { hasEnded } from "@/features/executions/model/execution";
import type { LogState } from "@/features/executions/model/log-follower";

interface ExecutionOutcomeProps {
  execution: Execution;
  log: LogState;
  /** Level of the headings within the page. */
  headingOrder: TitleOrder;
}

/** What came or is coming of an execution: progress, then result or error, and its log. */
export function ExecutionOutcome({ execution, log, headingOrder }: ExecutionOutcomeProps) {
  const { status } = execution;
  return (
    <Stack gap="md">
      {!hasEnded(status) && (
        <ProgressLine
          progress={log.progress ?? execution.progress}
          isWaiting={(log.status ?? status) === "Pending"}
          nextAttemptAt={execution.nextAttemptAt}
        />
      )}
      {status === "Success" && (
        <section aria-label="Result">
          <ResultView value={execution.result} label="Result" headingOrder={headingOrder} />
        </section>
      )}
      {hasEnded(status) && status !== "Success" && <ErrorView execution={execution} />}
      <LogView log={log} headingOrder={headingOrder} />
    </Stack>
  );
}
