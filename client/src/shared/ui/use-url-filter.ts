import { useUrlFilters } from "@/shared/ui/use-url-filters";

/** A filter that lives in the address, so that a reload or a copied link shows the same. */
export function useUrlFilter(name: string): [string, (value: string) => void] {
  const [values, set] = useUrlFilters(name);
  return [values[name] ?? "", (value) => set({ [name]: value })];
}
