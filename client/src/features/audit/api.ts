import { infiniteQueryOptions } from "@tanstack/react-query";

import { listPage } from "@/api/answers";
import { listAudit } from "@/api/generated/management-api/sdk.gen";
import type { AuditEntryRead } from "@/api/generated/management-api/types.gen";

export type AuditEntry = AuditEntryRead;

export interface AuditFilters {
  /** Part of an action's name, or all of it: `form`, `form.updated`. */
  action: string;
  actor: string;
  organization: string;
  /** Days as `yyyy-mm-dd`, in the reader's zone, both included. */
  from: string;
  to: string;
}

function startOf(day: string): string | undefined {
  return day === "" ? undefined : new Date(`${day}T00:00:00`).toISOString();
}

function endOf(day: string): string | undefined {
  return day === "" ? undefined : new Date(`${day}T23:59:59.999`).toISOString();
}

/** Who changed what, newest first, page by page. */
export function auditQuery(filters: AuditFilters) {
  return infiniteQueryOptions({
    queryKey: ["audit", filters] as const,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) =>
      listPage(
        await listAudit({
          query: {
            action: filters.action || undefined,
            actor: filters.actor || undefined,
            organization: filters.organization || undefined,
            from: startOf(filters.from),
            to: endOf(filters.to),
            limit: 50,
            cursor: pageParam ?? undefined,
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
}
