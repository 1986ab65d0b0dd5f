import type { ListExecutionsData, Trigger } from "@/api/generated/management-api/types.gen";
import type { ExecutionStatus } from "@/features/executions/model/execution";
import { statusWords, triggerWords } from "@/features/executions/model/execution";

/** What a list of executions is narrowed to; empty texts narrow nothing. */
export interface ExecutionFilters {
  status: ExecutionStatus | "";
  workflow: string;
  form: string;
  person: string;
  trigger: Trigger | "";
  /** Days as `yyyy-mm-dd`, in the reader's zone, both included. */
  from: string;
  to: string;
}

export const noFilters: ExecutionFilters = {
  status: "",
  workflow: "",
  form: "",
  person: "",
  trigger: "",
  from: "",
  to: "",
};

const day = /^\d{4}-\d{2}-\d{2}$/;

function isStatus(text: string): text is ExecutionStatus {
  return Object.hasOwn(statusWords, text);
}

function isTrigger(text: string): text is Trigger {
  return Object.hasOwn(triggerWords, text);
}

/** Reads the filters of an address; what somebody mistyped there narrows nothing. */
export function readFilters(params: URLSearchParams): ExecutionFilters {
  const text = (name: keyof ExecutionFilters) => params.get(name) ?? "";
  const date = (name: "from" | "to") => (day.test(text(name)) ? text(name) : "");
  const status = text("status");
  const trigger = text("trigger");
  return {
    status: isStatus(status) ? status : "",
    workflow: text("workflow"),
    form: text("form"),
    person: text("person"),
    trigger: isTrigger(trigger) ? trigger : "",
    from: date("from"),
    to: date("to"),
  };
}

export function isFiltered(filters: ExecutionFilters): boolean {
  return Object.values(filters).some((value) => value !== "");
}

/** A moment as the API takes it; undefined for a day that no calendar has. */
function moment(local: string): string | undefined {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** The filters as the API's query. */
export function filterQuery(filters: ExecutionFilters): NonNullable<ListExecutionsData["query"]> {
  return {
    status: filters.status || undefined,
    workflowName: filters.workflow || undefined,
    formId: filters.form || undefined,
    userId: filters.person || undefined,
    trigger: filters.trigger || undefined,
    from: filters.from === "" ? undefined : moment(`${filters.from}T00:00:00`),
    to: filters.to === "" ? undefined : moment(`${filters.to}T23:59:59.999`),
  };
}
