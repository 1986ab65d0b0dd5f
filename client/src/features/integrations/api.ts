import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import { allItems, ifMatch, listPage } from "@/api/answers";
import { isChangedMeanwhile, madeMeanwhile } from "@/api/changed-meanwhile";
import {
  deleteGlobalIntegration,
  deleteIntegration,
  listGlobalIntegrations,
  listIntegrations,
  listIntegrationTypes,
  saveGlobalIntegration,
  saveIntegration,
  testGlobalIntegration,
  testIntegration,
} from "@/api/generated/management-api/sdk.gen";
import type {
  IntegrationRead,
  IntegrationTestRead,
  IntegrationTypeRead,
} from "@/api/generated/management-api/types.gen";

export type Integration = IntegrationRead;
export type IntegrationType = IntegrationTypeRead;
export type IntegrationTest = IntegrationTestRead;

/** One organization's; null for what all organizations share. */
export type Place = string | null;

export interface IntegrationDraft {
  enabled: boolean;
  settings: Record<string, unknown>;
}

const allKeys = ["integrations"] as const;

function loadIntegrations(place: Place, signal?: AbortSignal): Promise<Integration[]> {
  return allItems(async (cursor) => {
    const query = { limit: 200, cursor };
    return listPage(
      await (place === null
        ? listGlobalIntegrations({ query, signal })
        : listIntegrations({ path: { orgId: place }, query, signal })),
    );
  });
}

/** What can be connected, with the settings of each; it changes with a deployment only. */
export const integrationTypesQuery = queryOptions({
  queryKey: ["integration-types"] as const,
  queryFn: ({ signal }) =>
    allItems(async (cursor) => listPage(await listIntegrationTypes({ query: { limit: 200, cursor }, signal }))),
  staleTime: Infinity,
});

/** What is set up in a place, or inherited there. */
export function integrationsQuery(place: Place) {
  return queryOptions({
    queryKey: [...allKeys, place ?? "GLOBAL"] as const,
    queryFn: ({ signal }) => loadIntegrations(place, signal),
    // A secret that was set meanwhile, on the tab beside, is not missing any more.
    refetchOnMount: "always",
  });
}

interface IntegrationChange {
  type: string;
  draft: IntegrationDraft;
  /** The version that is replaced; null where nothing is set up here yet. */
  etag: string | null;
}

/** Saves a place's own settings of an integration; refused if somebody saved them meanwhile. */
export function saveIntegrationMutation(queryClient: QueryClient, place: Place) {
  return mutationOptions({
    mutationFn: async ({ type, draft, etag }: IntegrationChange) => {
      if (etag === null && (await loadIntegrations(place)).some((one) => one.type === type && !one.inherited)) {
        throw madeMeanwhile();
      }
      const options = { body: draft, headers: ifMatch(etag) };
      const { data } = await (place === null
        ? saveGlobalIntegration({ path: { type }, ...options })
        : saveIntegration({ path: { orgId: place, type }, ...options }));
      return data;
    },
    ...afterwards(queryClient),
  });
}

/** Removes a place's own settings; inherited ones count again. */
export function removeIntegrationMutation(queryClient: QueryClient, place: Place) {
  return mutationOptions({
    mutationFn: async ({ type, etag }: { type: string; etag: string | null }) => {
      const headers = ifMatch(etag);
      await (place === null
        ? deleteGlobalIntegration({ path: { type }, headers })
        : deleteIntegration({ path: { orgId: place, type }, headers }));
    },
    ...afterwards(queryClient),
  });
}

/** Signs in and makes one real call; a refusal by the other side is a result. */
export function testIntegrationMutation(queryClient: QueryClient, place: Place) {
  return mutationOptions({
    mutationFn: async (type: string) => {
      const { data } = await (place === null
        ? testGlobalIntegration({ path: { type } })
        : testIntegration({ path: { orgId: place, type } }));
      return data;
    },
    ...afterwards(queryClient),
  });
}

function afterwards(queryClient: QueryClient) {
  return {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: allKeys }),
    onError: (error: unknown) =>
      isChangedMeanwhile(error) ? queryClient.invalidateQueries({ queryKey: allKeys }) : undefined,
  };
}
