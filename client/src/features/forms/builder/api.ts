import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import type { Versioned } from "@/api/answers";
import { allItems, ifMatch, listPage, versioned } from "@/api/answers";
import { createForm, deleteForm, generateForm, getForm, listForms, updateForm } from "@/api/generated/management-api/sdk.gen";
import type { FormDraftRead, FormRead, FormWrite } from "@/api/generated/management-api/types.gen";
import { getMetadata } from "@/api/generated/workflow-engine/sdk.gen";
import { inOrganization } from "@/api/services";

/** The workflows and data providers that the engine has, with their parameters. */
export const catalogQuery = queryOptions({
  queryKey: ["forms", "catalog"] as const,
  queryFn: async ({ signal }) => (await getMetadata({ signal })).data,
  staleTime: 60_000,
});

/** Every form of an organization and of all, as it is saved, by name. */
export function formRecordsQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["forms", organizationId, "list", "records"] as const,
    queryFn: ({ signal }) =>
      allItems(async (cursor) =>
        listPage(await listForms({ headers: inOrganization(organizationId), query: { limit: 200, cursor }, signal })),
      ),
  });
}

async function loadForm(organizationId: string, formId: string, signal?: AbortSignal): Promise<Versioned<FormRead>> {
  return versioned(await getForm({ headers: inOrganization(organizationId), path: { formId }, signal }));
}

/** A form as it is saved, with the version that a change names. */
export function savedFormQuery(organizationId: string, formId: string) {
  return queryOptions({
    queryKey: ["forms", organizationId, "saved", formId] as const,
    queryFn: ({ signal }) => loadForm(organizationId, formId, signal),
    // What somebody is editing must not change under their hands; opening it anew reads it anew.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** A form made from a workflow's parameters; nothing is saved. */
export function generatedFormQuery(organizationId: string, workflowName: string) {
  return queryOptions({
    queryKey: ["forms", organizationId, "generated", workflowName] as const,
    queryFn: async ({ signal }): Promise<FormDraftRead> =>
      (await generateForm({ headers: inOrganization(organizationId), body: { workflowName }, signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** The fields for a workflow's parameters, to add those that a form lacks. */
export function generateFieldsMutation(organizationId: string) {
  return mutationOptions({
    mutationFn: async (workflowName: string): Promise<FormDraftRead> =>
      (await generateForm({ headers: inOrganization(organizationId), body: { workflowName } })).data,
  });
}

function afterChange(queryClient: QueryClient) {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: ["forms"], predicate: ({ queryKey }) => queryKey[2] === "list" }),
    queryClient.invalidateQueries({ queryKey: ["roles"] }),
  ]);
}

export function createFormMutation(queryClient: QueryClient, organizationId: string) {
  return mutationOptions({
    mutationFn: async ({ body, idempotencyKey }: { body: FormWrite; idempotencyKey: string }) =>
      versioned(
        await createForm({ headers: { ...inOrganization(organizationId), "Idempotency-Key": idempotencyKey }, body }),
      ),
    onSuccess: () => afterChange(queryClient),
  });
}

interface FormUpdate {
  formId: string;
  body: FormWrite;
  etag: string | null;
}

/** Saves a form unless somebody else saved it since this version. */
export function updateFormMutation(queryClient: QueryClient, organizationId: string) {
  return mutationOptions({
    mutationFn: async ({ formId, body, etag }: FormUpdate) =>
      versioned(
        await updateForm({ headers: { ...inOrganization(organizationId), ...ifMatch(etag) }, path: { formId }, body }),
      ),
    onSuccess: () => afterChange(queryClient),
  });
}

/** Reads what somebody else saved, to compare it with what is typed here. */
export function theirFormMutation(organizationId: string) {
  return mutationOptions({ mutationFn: ({ formId }: { formId: string }) => loadForm(organizationId, formId) });
}

export function deleteFormMutation(queryClient: QueryClient, organizationId: string) {
  return mutationOptions({
    mutationFn: async ({ formId, etag }: { formId: string; etag: string | null }) => {
      await deleteForm({ headers: { ...inOrganization(organizationId), ...ifMatch(etag) }, path: { formId } });
    },
    onSuccess: () => afterChange(queryClient),
  });
}
