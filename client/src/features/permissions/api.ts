import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import { allItems, listPage, newIdempotencyKey } from "@/api/answers";
import {
  grantPermissions,
  listOrganizationPermissions,
  listUserPermissions,
  revokePermissions,
} from "@/api/generated/management-api/sdk.gen";
import type { PermissionFlagsRead, PermissionRead } from "@/api/generated/management-api/types.gen";

export type PermissionFlags = PermissionFlagsRead;
export type Permission = PermissionRead;

export const noPermissions: PermissionFlags = {
  canExecuteWorkflows: false,
  canManageConfig: false,
  canManageForms: false,
  canViewHistory: false,
};

/** The four permissions, as people call them. */
export const permissionNames: Record<keyof PermissionFlags, string> = {
  canExecuteWorkflows: "Run workflows",
  canManageConfig: "Manage configuration",
  canManageForms: "Manage forms",
  canViewHistory: "View history",
};

const mostPerPage = 200;

/** What one person may do in each organization. */
export function userPermissionsQuery(userId: string) {
  return queryOptions({
    queryKey: ["permissions", "user", userId] as const,
    queryFn: ({ signal }) =>
      allItems(async (cursor) =>
        listPage(await listUserPermissions({ path: { userId }, query: { limit: mostPerPage, cursor }, signal })),
      ),
  });
}

/** Who may do what in one organization. */
export function organizationPermissionsQuery(orgId: string) {
  return queryOptions({
    queryKey: ["permissions", "organization", orgId] as const,
    queryFn: ({ signal }) =>
      allItems(async (cursor) =>
        listPage(await listOrganizationPermissions({ path: { orgId }, query: { limit: mostPerPage, cursor }, signal })),
      ),
  });
}

interface PermissionChange {
  userId: string;
  orgId: string;
  permissions: PermissionFlags;
}

/** Sets the four permissions of a person in an organization; they count from the next request. */
export function setPermissionsMutation(queryClient: QueryClient) {
  return mutationOptions({
    mutationFn: async ({ userId, orgId, permissions }: PermissionChange) => {
      if (Object.values(permissions).some(Boolean)) {
        await grantPermissions({
          body: { userId, orgId, permissions },
          headers: { "Idempotency-Key": newIdempotencyKey() },
        });
      } else {
        await revokePermissions({ query: { userId, orgId } });
      }
    },
    onSuccess: (_, { userId, orgId }) =>
      Promise.all([
        queryClient.invalidateQueries(userPermissionsQuery(userId)),
        queryClient.invalidateQueries(organizationPermissionsQuery(orgId)),
      ]),
  });
}
