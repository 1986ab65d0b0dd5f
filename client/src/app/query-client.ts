import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "@/api/api-error";

const mostTries = 2;
const longestWaitSeconds = 2;

/** Trying again by itself can help, and nobody was asked to wait so long that the page should say so. */
function isWorthAnother(error: unknown): boolean {
  return error instanceof ApiError && error.isPassing && (error.retryAfterSeconds ?? 0) <= longestWaitSeconds;
}

/** Reads are tried again only where trying again can help. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < mostTries && isWorthAnother(error),
        retryDelay: (failures, error) => {
          const asked = error instanceof ApiError ? error.retryAfterSeconds : null;
          return asked === null ? 500 * 2 ** failures : asked * 1000;
        },
        refetchOnWindowFocus: false,
        staleTime: 10_000,
        // Errors of the network are shown, not waited out.
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
