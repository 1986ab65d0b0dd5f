import type {
  ExecutionErrorRead,
  ExecutionRead,
  ExecutionStatus,
  ExecutionSummaryRead,
  Trigger,
} from "@/api/generated/management-api/types.gen";
import type { LogAnswer } from "@/api/generated/workflow-engine/types.gen";

// One word for each thing in the client, whatever the services call their answers.
export type { ExecutionStatus, IntegrationCall, LogLine } from "@/api/generated/management-api/types.gen";
export type Execution = ExecutionRead;
export type ExecutionSummary = ExecutionSummaryRead;
export type ExecutionError = ExecutionErrorRead;
export type LogPage = LogAnswer;

const ended: readonly ExecutionStatus[] = ["Success", "Failed", "Cancelled", "TimedOut"];

export function hasEnded(status: ExecutionStatus): boolean {
  return ended.includes(status);
}

/** Somebody should look at it. */
export function hasGoneWrong(status: ExecutionStatus): boolean {
  return status === "Failed" || status === "TimedOut";
}

export const statusWords: Record<ExecutionStatus, string> = {
  Pending: "Waiting",
  Running: "Running",
  Success: "Succeeded",
  Failed: "Failed",
  Cancelled: "Cancelled",
  TimedOut: "Timed out",
};

export const triggerWords: Record<Trigger, string> = {
  api: "API",
  form: "Form",
  schedule: "Schedule",
  webhook: "Webhook",
  cli: "Command line",
};
