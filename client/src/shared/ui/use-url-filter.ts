import { useSearchParams } from "react-router";

/** A filter that lives in the address, so that a reload or a copied link shows the same. */
export function useUrlFilter(name: string): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = (value: string) => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === "") {
          after.delete(name);
        } else {
          after.set(name, value);
        }
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  return [params.get(name) ?? "", set];
}
