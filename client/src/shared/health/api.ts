import type { QueryClient } from "@tanstack/react-query";
import { queryOptions } from "@tanstack/react-query";

import { ApiError } from "@/api/api-error";
import { getHealth as getManagementHealth } from "@/api/generated/management-api/sdk.gen";
import type { HealthRead } from "@/api/generated/management-api/types.gen";
import { getHealth as getEngineHealth } from "@/api/generated/workflow-engine/sdk.gen";
import type { HealthAnswer } from "@/api/generated/workflow-engine/types.gen";
import type { ServiceName } from "@/api/http";

export interface Trouble {
  service: ServiceName;
  /** `down`: no answer, or nothing works; `degraded`: it answers and says that a part is away. */
  kind: "down" | "degraded";
  detail: string | null;
}

/** What is wrong, if anything: a workflow file with a mistake is not an outage. */
export function troubleOf(service: ServiceName, health: HealthRead | HealthAnswer): Trouble | null {
  const away = health.components.filter((component) => component.status === "down");
  const names = away.map((component) => component.name);
  if ("runners" in health && health.runners.status === "down") {
    names.push("runners");
  }
  if (names.length === 0 && health.status !== "down") {
    return null;
  }
  return {
    service,
    kind: health.status === "down" ? "down" : "degraded",
    detail: names.length > 0 ? names.join(", ") : null,
  };
}

/** Asks a service how it is: each minute, and every five seconds while it is in trouble. */
export function healthQuery(service: ServiceName) {
  return queryOptions({
    queryKey: ["health", service],
    queryFn: async ({ signal }): Promise<Trouble | null> => {
      try {
        const ask = service === "management-api" ? getManagementHealth : getEngineHealth;
        const { data } = await ask({ signal, timeout: 10_000 });
        return troubleOf(service, data);
      } catch (error) {
        if (!(error instanceof ApiError)) {
          throw error;
        }
        return { service, kind: "down", detail: null };
      }
    },
    refetchInterval: ({ state }) => (state.data === null ? 60_000 : 5_000),
    retry: false,
  });
}

/** Notes that a service just refused or did not answer; its health, asked again soon, takes the note back. */
export function noteTrouble(queryClient: QueryClient, service: ServiceName, error: ApiError): void {
  const query = healthQuery(service);
  const trouble: Trouble = { service, kind: error.status === 0 ? "down" : "degraded", detail: null };
  queryClient.setQueryData(query.queryKey, (known) => known ?? trouble);
}
