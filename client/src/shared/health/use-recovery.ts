import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { ApiError } from "@/api/api-error";
import type { Trouble } from "@/shared/health/api";
import { healthQuery } from "@/shared/health/api";

function isTrouble(known: Trouble | null | undefined): boolean {
  return known !== null && known !== undefined;
}

/**
 * Loads what could not be loaded, once the services are well again.
 *
 * An effect, because a service comes back by itself.
 */
export function useRecovery(): void {
  const queryClient = useQueryClient();
  const management = useQuery(healthQuery("management-api"));
  const engine = useQuery(healthQuery("workflow-engine"));
  const troubles = [management.data, engine.data].filter(isTrouble).length;
  const before = useRef(troubles);

  useEffect(() => {
    const isBetter = troubles < before.current;
    before.current = troubles;
    if (isBetter) {
      void queryClient.refetchQueries({
        predicate: ({ state: { error } }) => error instanceof ApiError && error.isPassing,
      });
    }
  }, [troubles, queryClient]);
}
