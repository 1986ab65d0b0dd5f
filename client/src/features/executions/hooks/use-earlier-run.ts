import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { executionQuery } from "@/features/executions/api";

export interface EarlierRun {
  /** What it was given; null where there is none, or where it cannot be read. */
  input: Record<string, unknown> | null;
  isMissing: boolean;
}

/**
 * The run that fills in a form: the one to run again, or the one this page started before it was reloaded.
 *
 * Read once, as the page opens: what is read later would change a form that somebody fills in by then.
 *
 * Returns:
 *   Null while it is on the way.
 */
export function useEarlierRun(organizationId: string): EarlierRun | null {
  const [params] = useSearchParams();
  const [earlierId] = useState(() => params.get("from") ?? params.get("execution"));
  const query = useQuery({ ...executionQuery(organizationId, earlierId ?? ""), enabled: earlierId !== null });
  const [read, setRead] = useState<EarlierRun | null>(() =>
    earlierId === null ? { input: null, isMissing: false } : null,
  );
  if (read === null && !query.isPending) {
    setRead({ input: query.data?.inputData ?? null, isMissing: query.isError });
  }
  return read;
}
