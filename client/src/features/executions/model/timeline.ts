import type { Execution, ExecutionStatus } from "@/features/executions/model/execution";
import { hasEnded, statusWords } from "@/features/executions/model/execution";

export interface TimelineEvent {
  at: string;
  title: string;
  detail: string | null;
  tone: "neutral" | "good" | "bad";
  /** Lies ahead: the next attempt. */
  isAhead: boolean;
}

const attemptEnds: Record<Execution["attempts"][number]["reason"], string> = {
  success: "succeeded",
  error: "failed",
  timedOut: "took longer than its time limit",
  cancelled: "was cancelled",
  interrupted: "was interrupted",
};

/**
 * When the execution was asked for.
 *
 * Its id is made at that moment and begins with it: 48 bits of milliseconds since 1970.
 * Source: RFC 9562, section 5.7.
 */
export function askedAt(executionId: string): string | null {
  const digits = executionId.replaceAll("-", "");
  if (!/^[0-9a-f]{12}7/.test(digits)) {
    return null;
  }
  return new Date(Number.parseInt(digits.slice(0, 12), 16)).toISOString();
}

function event(at: string, title: string, more: Partial<TimelineEvent> = {}): TimelineEvent {
  return { at, title, detail: null, tone: "neutral", isAhead: false, ...more };
}

function attemptEvents({ attempts }: Execution): TimelineEvent[] {
  // A single attempt that went through is the execution itself: started, ended.
  return attempts.flatMap(({ number, startedAt, endedAt, reason, error }) => [
    event(startedAt, `Attempt ${number} started`),
    event(endedAt, `Attempt ${number} ${attemptEnds[reason]}`, {
      detail: error ? `${error.type}: ${error.message}` : null,
      tone: reason === "success" ? "good" : "bad",
    }),
  ]);
}

function endTone(status: ExecutionStatus): TimelineEvent["tone"] {
  return status === "Success" ? "good" : "bad";
}

/** What became of an execution, in order; what lies ahead comes last. */
export function timeline(execution: Execution): TimelineEvent[] {
  const { attempts, status, startedAt, completedAt, nextAttemptAt, executionId } = execution;
  const asked = askedAt(executionId);
  // One that was cancelled while it waited has no start of its own: the moment on record is its admission.
  const wasTaken = status !== "Cancelled" || asked === null || Date.parse(startedAt) - Date.parse(asked) > 50;
  const hasStarted = status !== "Pending" && wasTaken;
  const last = attempts.at(-1)?.startedAt;
  const events = [
    ...(asked === null ? [] : [event(asked, "Requested")]),
    ...attemptEvents(execution),
    // While it waits, this is when it was admitted; of an attempt on record, it is known already.
    ...(hasStarted && startedAt !== last
      ? [event(startedAt, attempts.length === 0 ? "Started" : `Attempt ${attempts.length + 1} started`)]
      : []),
    ...(hasEnded(status) && completedAt !== null
      ? [event(completedAt, statusWords[status], { tone: endTone(status) })]
      : []),
  ];
  const ahead =
    nextAttemptAt !== null && !hasEnded(status)
      ? [event(nextAttemptAt, `Attempt ${attempts.length + 1} begins`, { isAhead: true })]
      : [];
  return [...events, ...ahead];
}
