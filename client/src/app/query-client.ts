import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "@/api/api-error";

const mostTries = 2;

/** Reads are tried again only where trying again can help. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < mostTries && error instanceof ApiError && error.isPassing,
        retryDelay: (failures, error) => {
          const asked = error instanceof ApiError ? error.retryAfterSeconds : null;
          return Math.min(10_000, asked === null ? 500 * 2 ** failures : asked * 1000);
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
