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
