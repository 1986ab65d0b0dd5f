import type { QueryClient } from "@tanstack/react-query";
import { infiniteQueryOptions, mutationOptions, queryOptions } from "@tanstack/react-query";

import { allItems, ifMatch, listPage, newIdempotencyKey, versioned } from "@/api/answers";
import {
  addRoleForm,
  addRoleUser,
  createRole,
  deleteRole,
  getRole,
  listForms,
  listRoles,
  removeRoleForm,
  removeRoleUser,
  updateRole,
} from "@/api/generated/management-api/sdk.gen";
import type { FormRead, RoleDetail, RoleListed, RoleRead, RoleWrite } from "@/api/generated/management-api/types.gen";
import { inOrganization } from "@/api/services";

export type Role = RoleRead;
export type ListedRole = RoleListed;
export type RoleWithMembers = RoleDetail;
export type RoleDraft = RoleWrite;

const listKey = ["roles", "list"] as const;

export const rolesQuery = infiniteQueryOptions({
  queryKey: listKey,
  initialPageParam: null as string | null,
  queryFn: async ({ pageParam, signal }) =>
    listPage(await listRoles({ query: { limit: 200, cursor: pageParam ?? undefined }, signal })),
  getNextPageParam: (page) => page.next,
});

/** One role with its people and forms, and the version that a change names. */
export function roleQuery(roleId: string) {
  return queryOptions({
    queryKey: ["roles", "detail", roleId] as const,
    queryFn: async ({ signal }) => versioned(await getRole({ path: { roleId }, signal })),
  });
}

/** The forms of one organization and the global ones, to choose from. */
export function grantableFormsQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["roles", "forms", organizationId] as const,
    queryFn: ({ signal }): Promise<FormRead[]> =>
      allItems(async (cursor) =>
        listPage(
          await listForms({ headers: inOrganization(organizationId), query: { limit: 200, cursor }, signal }),
        ),
      ),
  });
}

export function createRoleMutation(queryClient: QueryClient) {
  return mutationOptions({
    mutationFn: async (draft: RoleDraft) =>
      (await createRole({ body: draft, headers: { "Idempotency-Key": newIdempotencyKey() } })).data,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: listKey }),
  });
}

export function updateRoleMutation(queryClient: QueryClient, roleId: string) {
  return mutationOptions({
    mutationFn: async ({ draft, etag }: { draft: RoleDraft; etag: string | null }) =>
      (await updateRole({ path: { roleId }, body: draft, headers: ifMatch(etag) })).data,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["roles"] }),
  });
}

export function deleteRoleMutation(queryClient: QueryClient) {
  return mutationOptions({
    mutationFn: async ({ roleId, etag }: { roleId: string; etag: string | null }) => {
      await deleteRole({ path: { roleId }, headers: ifMatch(etag) });
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: listKey }),
  });
}

/** The list counts people and forms. */
function afterMembers(queryClient: QueryClient, roleId: string) {
  return Promise.all([
    queryClient.invalidateQueries(roleQuery(roleId)),
    queryClient.invalidateQueries({ queryKey: listKey }),
  ]);
}

/** Gives the role to somebody, or takes it back. */
export function setRoleUserMutation(queryClient: QueryClient, roleId: string) {
  return mutationOptions({
    mutationFn: async ({ userId, isMember }: { userId: string; isMember: boolean }) => {
      await (isMember ? addRoleUser({ path: { roleId, userId } }) : removeRoleUser({ path: { roleId, userId } }));
    },
    onSuccess: () => afterMembers(queryClient, roleId),
  });
}

/** Lets the role's people run a form, or no longer. */
export function setRoleFormMutation(queryClient: QueryClient, roleId: string) {
  return mutationOptions({
    mutationFn: async ({ formId, isGranted }: { formId: string; isGranted: boolean }) => {
      await (isGranted ? addRoleForm({ path: { roleId, formId } }) : removeRoleForm({ path: { roleId, formId } }));
    },
    onSuccess: () => afterMembers(queryClient, roleId),
  });
}
