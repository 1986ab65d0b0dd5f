import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import { allItems, ifMatch, listPage, newIdempotencyKey } from "@/api/answers";
import { isChangedMeanwhile, madeMeanwhile } from "@/api/changed-meanwhile";
import {
  deleteConfig,
  deleteGlobalConfig,
  listConfig,
  listConfigOverrides,
  listGlobalConfig,
  setConfig,
  setGlobalConfig,
} from "@/api/generated/management-api/sdk.gen";
import type { ConfigOverrideRead, ConfigRead, ConfigType } from "@/api/generated/management-api/types.gen";

export type ConfigEntry = ConfigRead;
export type ConfigOverride = ConfigOverrideRead;

export interface ConfigDraft {
  key: string;
  value: string;
  type: ConfigType;
  description: string | null;
}

/** One organization's; null for the values that all organizations share. */
export type Place = string | null;

const allKeys = ["config"] as const;

function loadEntries(place: Place, signal?: AbortSignal): Promise<ConfigEntry[]> {
  return allItems(async (cursor) => {
    const query = { limit: 200, cursor };
    return listPage(
      await (place === null
        ? listGlobalConfig({ query, signal })
        : listConfig({ path: { orgId: place }, query, signal })),
    );
  });
}

/** Every value that counts in a place, by key, with what it inherits and hides. */
export function configQuery(place: Place) {
  return queryOptions({
    queryKey: [...allKeys, place ?? "GLOBAL"] as const,
    queryFn: ({ signal }) => loadEntries(place, signal),
  });
}

/** Which organizations have their own value of what all share, by key; for admins. */
export const overridesQuery = queryOptions({
  queryKey: [...allKeys, "overrides"] as const,
  queryFn: ({ signal }) =>
    allItems(async (cursor) => listPage(await listConfigOverrides({ query: { limit: 200, cursor }, signal }))),
});

interface ConfigChange {
  draft: ConfigDraft;
  /** The version that is replaced; null where there is none yet. */
  etag: string | null;
}

/** Sets a value of a place; refused if somebody set the same one meanwhile. */
export function saveConfigMutation(queryClient: QueryClient, place: Place) {
  return mutationOptions({
    mutationFn: async ({ draft, etag }: ConfigChange) => {
      if (etag === null && (await loadEntries(place)).some(({ key, inherited }) => key === draft.key && !inherited)) {
        throw madeMeanwhile();
      }
      const headers = { ...ifMatch(etag), "Idempotency-Key": newIdempotencyKey() };
      await (place === null
        ? setGlobalConfig({ body: draft, headers })
        : setConfig({ path: { orgId: place }, body: draft, headers }));
    },
    ...afterwards(queryClient),
  });
}

/** Removes a place's own value; an inherited one counts again. */
export function deleteConfigMutation(queryClient: QueryClient, place: Place) {
  return mutationOptions({
    mutationFn: async ({ key, etag }: { key: string; etag: string | null }) => {
      const headers = ifMatch(etag);
      await (place === null
        ? deleteGlobalConfig({ path: { key }, headers })
        : deleteConfig({ path: { orgId: place, key }, headers }));
    },
    ...afterwards(queryClient),
  });
}

/** What all share shows in each organization's list too; theirs is there before the refusal is told. */
function afterwards(queryClient: QueryClient) {
  return {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: allKeys }),
    onError: (error: unknown) =>
      isChangedMeanwhile(error) ? queryClient.invalidateQueries({ queryKey: allKeys }) : undefined,
  };
}
