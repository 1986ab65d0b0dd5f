import { useSearchParams } from "react-router";

import type { ExecutionFilters } from "@/features/executions/model/filters";
import { noFilters, readFilters } from "@/features/executions/model/filters";

/** The filters of the address, so that a reload or a copied link shows the same list. */
export function useExecutionFilters() {
  const [params, setParams] = useSearchParams();
  const change = (changes: Partial<ExecutionFilters>) => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value === "") {
            after.delete(name);
          } else {
            after.set(name, value);
          }
        }
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  return {
    filters: readFilters(params),
    change,
    clear: () => {
      change(noFilters);
    },
  };
}
