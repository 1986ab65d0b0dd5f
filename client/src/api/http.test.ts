import { http as mock, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";

import { ApiError } from "@/api/api-error";
import { createHttp, serializeParams } from "@/api/http";
import type { Auth } from "@/shared/auth/auth";
import { SignInRequired } from "@/shared/auth/auth";
import { engineUrl, server } from "@/testing/server";

const getToken = vi.fn<Auth["getToken"]>();
const onError = vi.fn();
const auth: Auth = {
  account: null,
  signIn: () => Promise.resolve(),
  signInAgain: () => Promise.resolve(),
  signOut: () => Promise.resolve(),
  getToken,
};
const client = () => createHttp({ baseURL: engineUrl, service: "workflow-engine", auth, onError });

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
});
beforeEach(() => {
  getToken.mockReset().mockImplementation((options) => Promise.resolve(options?.forceRefresh ? "fresh" : "kept"));
  onError.mockReset();
});
afterEach(() => {
  server.resetHandlers();
});
afterAll(() => {
  server.close();
});

it("signs every request but health", async () => {
  const seen: (string | null)[] = [];
  server.use(
    mock.get(`${engineUrl}/api/*`, ({ request }) => {
      seen.push(request.headers.get("authorization"));
      return HttpResponse.json({});
    }),
  );
  await client().get("/api/forms");
  await client().get("/api/health");
  expect(seen).toEqual(["Bearer kept", null]);
});

it("renews a refused token once, and then gives up", async () => {
  const seen: (string | null)[] = [];
  server.use(
    mock.get(`${engineUrl}/api/forms`, ({ request }) => {
      const token = request.headers.get("authorization");
      seen.push(token);
      return token === "Bearer fresh" ? HttpResponse.json(["form"]) : new HttpResponse(null, { status: 401 });
    }),
    mock.get(`${engineUrl}/api/never`, () => new HttpResponse(null, { status: 401 })),
  );
  expect((await client().get<unknown>("/api/forms")).data).toEqual(["form"]);
  expect(seen).toEqual(["Bearer kept", "Bearer fresh"]);
  await expect(client().get("/api/never")).rejects.toMatchObject({ status: 401 });
  expect(onError).toHaveBeenCalledTimes(1);
});

it("fails only with ApiError, and tells of it", async () => {
  server.use(
    mock.get(`${engineUrl}/api/forms`, () =>
      HttpResponse.json(
        { error: "Unavailable", message: "Storage is away.", details: {} },
        { status: 503, headers: { "X-Request-Id": "req-9", "Retry-After": "3" } },
      ),
    ),
  );
  const error: unknown = await client()
    .get("/api/forms")
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ code: "Unavailable", requestId: "req-9", retryAfterSeconds: 3 });
  expect(onError).toHaveBeenCalledWith(error, "workflow-engine");
});

it("sends nothing when the sign-in has ended", async () => {
  getToken.mockRejectedValue(new SignInRequired());
  await expect(client().get("/api/forms")).rejects.toMatchObject({ code: "SignInRequired" });
});

it("writes lists as repeated names and leaves out what is not given", () => {
  expect(serializeParams({ status: ["Failed", "Running"], from: new Date(0), q: "a&b", cursor: null })).toBe(
    "status=Failed&status=Running&from=1970-01-01T00%3A00%3A00.000Z&q=a%26b",
  );
});
