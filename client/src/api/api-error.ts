import { isAxiosError, isCancel } from "axios";

import { SignInRequired, SignInUnreachable } from "@/shared/auth/auth";

/** The one shape every failed request has in the client. */
export class ApiError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Stable error type of the API, or `NetworkError`, `SignInRequired`, `SignInUnreachable`, `Unexpected`. */
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(fields: {
    status: number;
    code: string;
    message: string;
    details?: Record<string, unknown>;
    requestId?: string | null;
    retryAfterSeconds?: number | null;
  }) {
    super(fields.message);
    this.name = "ApiError";
    this.status = fields.status;
    this.code = fields.code;
    this.details = fields.details ?? {};
    this.requestId = fields.requestId ?? null;
    this.retryAfterSeconds = fields.retryAfterSeconds ?? null;
  }

  /** Messages by field of a 400, as `details.fields` has them. */
  get fields(): Record<string, string> {
    const { fields } = this.details;
    if (!isRecord(fields)) {
      return {};
    }
    return Object.fromEntries(Object.entries(fields).map(([name, message]) => [name, messageText(message)]));
  }

  /** Nobody knows whether the request arrived, or it was refused for a passing reason. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The service itself is away, rather than one request having failed. */
  get isOutage(): boolean {
    return this.code === "NetworkError" || this.status === 503;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function messageText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(messageText).join(" ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function seconds(value: unknown): number | null {
  const parsed = typeof value === "string" ? Number.parseInt(value, 10) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

const fallbackMessages: Record<number, string> = {
  401: "Your sign-in was not accepted.",
  403: "You are not allowed to do this.",
  404: "This does not exist, or no longer does.",
  413: "This is too large to send.",
  429: "Too many requests in a short time.",
  502: "A service behind this one gave a wrong answer.",
  503: "The service is not available right now.",
  504: "A service behind this one took too long to answer.",
};

/** Turns whatever a request threw into an ApiError; a cancelled request stays what it is. */
export function toApiError(error: unknown): unknown {
  if (error instanceof ApiError || isCancel(error)) {
    return error;
  }
  if (error instanceof SignInRequired) {
    return new ApiError({ status: 401, code: "SignInRequired", message: error.message });
  }
  if (error instanceof SignInUnreachable) {
    return new ApiError({ status: 0, code: "SignInUnreachable", message: error.message });
  }
  if (!isAxiosError(error)) {
    const message = error instanceof Error ? error.message : "Something unexpected happened.";
    return new ApiError({ status: 0, code: "Unexpected", message });
  }
  const { response } = error;
  if (response === undefined) {
    return new ApiError({ status: 0, code: "NetworkError", message: "The service could not be reached." });
  }
  const body: unknown = response.data;
  const requestId: unknown = response.headers["x-request-id"];
  const given = isRecord(body) ? body : {};
  return new ApiError({
    status: response.status,
    code: typeof given.error === "string" ? given.error : `Http${response.status}`,
    message:
      typeof given.message === "string"
        ? given.message
        : (fallbackMessages[response.status] ?? `The service answered ${response.status}.`),
    details: isRecord(given.details) ? given.details : {},
    requestId: typeof requestId === "string" ? requestId : null,
    retryAfterSeconds: seconds(response.headers["retry-after"]),
  });
}
