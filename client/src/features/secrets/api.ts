import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import { allItems, ifMatch, listPage } from "@/api/answers";
import { isChangedMeanwhile, madeMeanwhile } from "@/api/changed-meanwhile";
import {
  deleteGlobalSecret,
  deleteSecret,
  listGlobalSecrets,
  listSecrets,
  setGlobalSecret,
  setSecret,
} from "@/api/generated/management-api/sdk.gen";
import type { SecretRead } from "@/api/generated/management-api/types.gen";

export type Secret = SecretRead;

/** One organization's; null for the secrets that all organizations share. */
export type Place = string | null;

const allKeys = ["secrets"] as const;

function loadSecrets(place: Place, signal?: AbortSignal): Promise<Secret[]> {
  return allItems(async (cursor) => {
    const query = { limit: 200, cursor };
    return listPage(
      await (place === null
        ? listGlobalSecrets({ query, signal })
        : listSecrets({ path: { orgId: place }, query, signal })),
    );
  });
}

/** The secrets of a place by name, its own and the inherited ones; never a value. */
export function secretsQuery(place: Place) {
  return queryOptions({
    queryKey: [...allKeys, place ?? "GLOBAL"] as const,
    queryFn: ({ signal }) => loadSecrets(place, signal),
  });
}

interface SecretChange {
  name: string;
  value: string;
  etag: string | null;
  /** Whether the list showed one of the place's own, which this replaces. */
  isReplacement: boolean;
}

/** Sets a secret's value, which nobody can read back; refused if somebody set it meanwhile. */
export function setSecretMutation(queryClient: QueryClient, place: Place) {
  return mutationOptions({
    mutationFn: async ({ name, value, etag, isReplacement }: SecretChange) => {
      if (!isReplacement && (await loadSecrets(place)).some((one) => one.name === name && !one.inherited)) {
        throw madeMeanwhile();
      }
      const options = { body: { value }, headers: ifMatch(etag) };
      await (place === null
        ? setGlobalSecret({ path: { name }, ...options })
        : setSecret({ path: { orgId: place, name }, ...options }));
    },
    // What was sent is kept nowhere once the dialog is closed.
    gcTime: 0,
    ...afterwards(queryClient),
  });
}

interface SecretRemoval {
  name: string;
  etag: string | null;
  /** Delete it although something names it. */
  force: boolean;
}

/** Deletes a place's own secret; refused with the places that name it unless `force` is set. */
export function deleteSecretMutation(queryClient: QueryClient, place: Place) {
  return mutationOptions({
    mutationFn: async ({ name, etag, force }: SecretRemoval) => {
      const options = { headers: ifMatch(etag), query: { force } };
      await (place === null
        ? deleteGlobalSecret({ path: { name }, ...options })
        : deleteSecret({ path: { orgId: place, name }, ...options }));
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
