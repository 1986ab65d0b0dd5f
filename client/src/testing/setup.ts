import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, vi } from "vitest";

import { server } from "@/testing/server";

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 5000 });

// What jsdom lacks and Mantine asks for.
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe = () => undefined;
    unobserve = () => undefined;
    disconnect = () => undefined;
  },
);
// Its blobs cannot be streamed, which the network of the tests needs.
window.Blob.prototype.stream = function (this: Blob) {
  return new ReadableStream({
    start: async (controller) => {
      controller.enqueue(new Uint8Array(await this.arrayBuffer()));
      controller.close();
    },
  });
};
window.HTMLElement.prototype.scrollIntoView = () => undefined;
Object.defineProperty(document, "fonts", {
  value: { addEventListener: () => undefined, removeEventListener: () => undefined },
});

// Requests on their way: they must not end in a page that is gone.
const underway = new Set<string>();
server.events.on("request:start", ({ requestId }) => underway.add(requestId));
for (const end of ["response:mocked", "request:unhandled", "unhandledException"] as const) {
  server.events.on(end, ({ requestId }) => underway.delete(requestId));
}

/** Waits for the answers of requests that were sent; not for those a test lets hang. */
async function settle(): Promise<void> {
  const until = Date.now() + 1000;
  do {
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (underway.size > 0 && Date.now() < until);
}

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
  localStorage.clear();
});
afterAll(async () => {
  await settle();
  server.close();
});
