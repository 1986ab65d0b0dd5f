import { queryOptions } from "@tanstack/react-query";

import { getMe } from "@/api/generated/management-api/sdk.gen";
import type { MeRead } from "@/api/generated/management-api/types.gen";

export type Profile = MeRead;

/** What the platform knows of the signed-in person, their roles and inactive organizations among it. */
export const profileQuery = queryOptions({
  queryKey: ["profile"],
  queryFn: async ({ signal }) => (await getMe({ signal })).data,
  refetchOnWindowFocus: true,
});
