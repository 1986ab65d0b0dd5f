import type { QueryClient } from "@tanstack/react-query";
import { infiniteQueryOptions, mutationOptions, queryOptions } from "@tanstack/react-query";

import { ifMatch, listPage, versioned } from "@/api/answers";
import { getUser, listUsers, updateUser } from "@/api/generated/management-api/sdk.gen";
import type { UserRead, UserType, UserUpdate } from "@/api/generated/management-api/types.gen";

export type User = UserRead;

const userKeys = {
  all: ["users"] as const,
  list: (type: UserType | null) => ["users", "list", type] as const,
  detail: (userId: string) => ["users", "detail", userId] as const,
};

/** Everybody who has signed in, page by page; all of them, or the MSP's or the clients' only. */
export function usersQuery(type: UserType | null) {
  return infiniteQueryOptions({
    queryKey: userKeys.list(type),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) =>
      listPage(
        await listUsers({ query: { type: type ?? undefined, limit: 200, cursor: pageParam ?? undefined }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  });
}

/** One person, with the version that a change names. */
export function userQuery(userId: string) {
  return queryOptions({
    queryKey: userKeys.detail(userId),
    queryFn: async ({ signal }) => versioned(await getUser({ path: { userId }, signal })),
  });
}

interface UserChange {
  userId: string;
  change: UserUpdate;
  etag: string | null;
}

/** Lets a person in or keeps them out, or makes them an admin; it counts from their next request. */
export function updateUserMutation(queryClient: QueryClient) {
  return mutationOptions({
    mutationFn: async ({ userId, change, etag }: UserChange) =>
      versioned(await updateUser({ path: { userId }, body: change, headers: ifMatch(etag) })),
    onSuccess: (user, { userId }) => {
      queryClient.setQueryData(userQuery(userId).queryKey, user);
      return queryClient.invalidateQueries({ queryKey: ["users", "list"] });
    },
  });
}
