import { AxiosError, AxiosHeaders, CanceledError } from "axios";
import { expect, it } from "vitest";

import type { ApiError } from "@/api/api-error";
import { toApiError } from "@/api/api-error";
import { SignInRequired } from "@/shared/auth/auth";

function answered(status: number, data: unknown, headers: Record<string, string> = {}): AxiosError {
  const config = { headers: new AxiosHeaders() };
  return new AxiosError("failed", undefined, config, undefined, {
    status,
    data,
    headers: new AxiosHeaders(headers),
    statusText: "",
    config,
  });
}

it("takes type, message, details and request id from the answer", () => {
  const error = toApiError(
    answered(
      400,
      {
        error: "ValidationError",
        message: "email: taken",
        details: { fields: { email: "Taken.", tags: ["One.", "Two."] } },
      },
      { "x-request-id": "req-1" },
    ),
  ) as ApiError;
  expect(error).toMatchObject({ status: 400, code: "ValidationError", message: "email: taken", requestId: "req-1" });
  expect(error.fields).toEqual({ email: "Taken.", tags: "One. Two." });
  expect(error.isPassing).toBe(false);
});

it("says in words what an answer of another shape means", () => {
  const error = toApiError(answered(502, "<html>Bad gateway</html>")) as ApiError;
  expect(error).toMatchObject({ code: "Http502", message: "A service behind this one gave a wrong answer." });
  expect(error.fields).toEqual({});
});

it("knows when to try again", () => {
  const error = toApiError(answered(503, {}, { "retry-after": "7" })) as ApiError;
  expect(error).toMatchObject({ retryAfterSeconds: 7, isPassing: true, isOutage: true });
});

it("tells an unreachable service from a request that failed", () => {
  const unreachable = toApiError(new AxiosError("Network Error")) as ApiError;
  expect(unreachable).toMatchObject({ status: 0, code: "NetworkError", isPassing: true, isOutage: true });
  expect((toApiError(answered(504, {})) as ApiError).isOutage).toBe(false);
});

it("leaves a request that was cancelled what it is", () => {
  const cancelled = new CanceledError();
  expect(toApiError(cancelled)).toBe(cancelled);
});

it("names a sign-in that has ended", () => {
  expect(toApiError(new SignInRequired())).toMatchObject({ status: 401, code: "SignInRequired" });
});
