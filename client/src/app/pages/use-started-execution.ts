import { useState } from "react";
import { useSearchParams } from "react-router";

/** The execution that a page has started, kept in its address, so that a reload shows it again. */
export function useStartedExecution() {
  const [params, setParams] = useSearchParams();
  const show = (executionId: string | null) => {
    setParams(
      (before) => {
        if (executionId === null) {
          before.delete("execution");
        } else {
          before.set("execution", executionId);
        }
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  return { executionId: params.get("execution"), show };
}

/**
 * The run whose input fills the page's form: the one to run again, or what was started here before a reload.
 *
 * Read once, when the page opens: an execution that comes into the address later was started by this very form.
 */
export function useEarlierExecution(): string | null {
  const [params] = useSearchParams();
  const [earlierId] = useState(() => params.get("from") ?? params.get("execution"));
  return earlierId;
}
