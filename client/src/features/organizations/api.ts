import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import type { Versioned } from "@/api/answers";
import { allItems, ifMatch, listPage, versioned } from "@/api/answers";
import {
  createOrganization,
  deactivateOrganization,
  getOrganization,
  importGdapCustomers,
  listGdapCustomers,
  listOrganizations,
  updateOrganization,
  verifyTenant,
} from "@/api/generated/management-api/sdk.gen";
import type {
  GdapCustomerRead,
  GdapImportRead,
  OrganizationCreate,
  OrganizationRead,
  OrganizationUpdate,
  TenantLinkRead,
} from "@/api/generated/management-api/types.gen";
import { meQuery } from "@/shared/session/api";

export type Organization = OrganizationRead;
export type OrganizationNew = OrganizationCreate;
export type OrganizationChange = OrganizationUpdate;
export type TenantLink = TenantLinkRead;
export type GdapCustomer = GdapCustomerRead;
export type GdapImport = GdapImportRead;

const mostPerPage = 200;
const listKey = ["organizations", "list"] as const;
const customersKey = ["organizations", "gdap"] as const;

/** Every organization the person may see, by name; admins see inactive ones too. */
export const organizationsQuery = queryOptions({
  queryKey: listKey,
  queryFn: ({ signal }) =>
    allItems(async (cursor) => listPage(await listOrganizations({ query: { limit: mostPerPage, cursor }, signal }))),
});

/** One organization, with the version that a change names. */
export function organizationQuery(orgId: string) {
  return queryOptions({
    queryKey: ["organizations", "detail", orgId] as const,
    queryFn: async ({ signal }) => versioned(await getOrganization({ path: { orgId }, signal })),
  });
}

/** The tenants that trust the MSP, as Microsoft Graph has them now. */
export const gdapCustomersQuery = queryOptions({
  queryKey: customersKey,
  queryFn: ({ signal }) =>
    allItems(async (cursor) => listPage(await listGdapCustomers({ query: { limit: mostPerPage, cursor }, signal }))),
  // Each reading asks Graph for every relationship.
  staleTime: 60_000,
  retry: false,
});

/** The lists, and who may work where: the switcher at the top shows it too. */
function refreshLists(queryClient: QueryClient) {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: listKey }),
    queryClient.invalidateQueries({ queryKey: customersKey }),
    queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
  ]);
}

function keep(queryClient: QueryClient, organization: Versioned<Organization>) {
  queryClient.setQueryData(organizationQuery(organization.value.id).queryKey, organization);
}

interface NewOrganization {
  draft: OrganizationNew;
  /** The same for each attempt at the same draft, so that it is made once. */
  idempotencyKey: string;
}

export function createOrganizationMutation(queryClient: QueryClient) {
  return mutationOptions({
    mutationFn: async ({ draft, idempotencyKey }: NewOrganization) =>
      (await createOrganization({ body: draft, headers: { "Idempotency-Key": idempotencyKey } })).data,
    onSuccess: () => refreshLists(queryClient),
  });
}

/** Changes what is named, if nobody else changed the organization since. */
export function updateOrganizationMutation(queryClient: QueryClient, orgId: string) {
  return mutationOptions({
    mutationFn: async ({ change, etag }: { change: OrganizationChange; etag: string | null }) =>
      versioned(await updateOrganization({ path: { orgId }, body: change, headers: ifMatch(etag) })),
    onSuccess: (organization) => {
      keep(queryClient, organization);
      return refreshLists(queryClient);
    },
  });
}

/** Closes an organization: nobody works in it from the next request on; nothing is deleted. */
export function deactivateOrganizationMutation(queryClient: QueryClient, orgId: string) {
  return mutationOptions({
    mutationFn: async ({ etag }: { etag: string | null }) => {
      await deactivateOrganization({ path: { orgId }, headers: ifMatch(etag) });
    },
    onSuccess: () =>
      Promise.all([queryClient.invalidateQueries(organizationQuery(orgId)), refreshLists(queryClient)]),
  });
}

/** Tries the tenant link out with a real call. */
export function verifyTenantMutation(queryClient: QueryClient, orgId: string) {
  return mutationOptions({
    mutationFn: async () => versioned(await verifyTenant({ path: { orgId } })),
    onSuccess: (organization) => {
      keep(queryClient, organization);
      return queryClient.invalidateQueries({ queryKey: listKey });
    },
  });
}

/** Makes organizations of customers; those that are linked already stay as they are. */
export function importCustomersMutation(queryClient: QueryClient) {
  return mutationOptions({
    mutationFn: async (tenantIds: string[]) => (await importGdapCustomers({ body: { tenantIds } })).data,
    // Some may have been made before something failed.
    onSettled: () => refreshLists(queryClient),
  });
}
