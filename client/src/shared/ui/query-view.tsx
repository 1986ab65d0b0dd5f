import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { WayBack } from "@/shared/ui/error-notice";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";

interface QueryViewProps<T> {
  query: UseQueryResult<T>;
  /** What is loaded, as in "the users". */
  what: string;
  rows?: number;
  rowHeight?: number;
  /** Where somebody goes on when it does not exist. */
  back?: WayBack;
  children: (data: T) => ReactNode;
}

/** Placeholders, then the data; an error says what could not be loaded and offers another try. */
export function QueryView<T>({ query, what, rows, rowHeight, back, children }: QueryViewProps<T>) {
  return (
    <>
      {query.isPending && <Loading label={`Loading ${what}`} rows={rows} height={rowHeight} />}
      {query.isError && (
        <ErrorNotice
          error={query.error}
          title={`${what.charAt(0).toUpperCase()}${what.slice(1)} could not be loaded.`}
          kept={query.data === undefined ? undefined : "What is shown was loaded before."}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
          back={back}
        />
      )}
      {query.data !== undefined && children(query.data)}
    </>
  );
}
