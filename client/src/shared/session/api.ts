import { queryOptions } from "@tanstack/react-query";

import { getMe } from "@/api/generated/management-api/sdk.gen";
import type { Me } from "@/shared/session/me";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<Me> => {
    const { data } = await getMe({ signal });
    return {
      id: data.user.id,
      name: data.user.displayName,
      email: data.user.email,
      userType: data.user.userType,
      isAdmin: data.isAdmin,
      organizations: data.organizations
        .filter((organization) => organization.isActive)
        .map(({ id, name, permissions }) => ({ id, name, permissions }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    };
  },
  staleTime: 60_000,
  refetchOnWindowFocus: true,
});
