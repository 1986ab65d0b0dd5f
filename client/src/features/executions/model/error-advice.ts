import type { ExecutionError, ExecutionStatus } from "@/features/executions/model/execution";

const byType: Record<string, string> = {
  ValidationError: "Check the input below and run it again.",
  ConfigurationError: "Add the missing setting or secret for this organization, then run it again.",
  IntegrationError: "Check the integration's settings and its access to this organization, then run it again.",
  Interrupted:
    "The run was cut off and may have done part of its work. Check what it has done before you run it again.",
  OutOfMemory: "Run it with less at a time, or ask the workflow's author.",
};

/** What a person can do about an execution that ended badly. */
export function errorAdvice(status: ExecutionStatus, error: ExecutionError | null): string {
  if (status === "TimedOut") {
    return "It may have done part of its work. Check before you run it again.";
  }
  if (status === "Cancelled") {
    return "It was stopped and may have done part of its work. Check before you run it again.";
  }
  return byType[error?.type ?? ""] ?? "If it fails again, send this page's link to whoever looks after the workflow.";
}
