import { expect, it } from "vitest";

import { ApiError } from "@/api/api-error";
import { SubmitAttempt } from "@/features/forms/model/submit-attempt";

function makeAttempt() {
  let made = 0;
  return new SubmitAttempt(() => `key-${++made}`);
}

const unavailable = new ApiError({ status: 503, code: "Unavailable", message: "Away." });
const unreachable = new ApiError({ status: 0, code: "NetworkError", message: "Unreachable." });
const refused = new ApiError({ status: 400, code: "ValidationError", message: "Wrong." });

it("keeps its key while the same input is sent again after an outage", () => {
  const attempt = makeAttempt();
  const keys = [attempt.keyFor({ a: 1 })];
  attempt.failed(unavailable);
  keys.push(attempt.keyFor({ a: 1 }));
  attempt.failed(unreachable);
  keys.push(attempt.keyFor({ a: 1 }));
  expect(keys).toEqual(["key-1", "key-1", "key-1"]);
});

it("makes a new key for other input", () => {
  const attempt = makeAttempt();
  expect([attempt.keyFor({ a: 1 }), attempt.keyFor({ a: 2 })]).toEqual(["key-1", "key-2"]);
});

it("makes a new key after a refusal that is final", () => {
  const attempt = makeAttempt();
  attempt.keyFor({ a: 1 });
  attempt.failed(refused);
  expect(attempt.keyFor({ a: 1 })).toBe("key-2");
});

it("knows what has been run until running it again is meant", () => {
  const attempt = makeAttempt();
  attempt.keyFor({ a: 1 });
  expect(attempt.hasRun({ a: 1 })).toBe(false);
  attempt.succeeded();
  expect(attempt.hasRun({ a: 1 })).toBe(true);
  expect(attempt.hasRun({ a: 2 })).toBe(false);
  attempt.renew();
  expect(attempt.hasRun({ a: 1 })).toBe(false);
  expect(attempt.keyFor({ a: 1 })).toBe("key-2");
});
