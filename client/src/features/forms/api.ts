import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import { generateForm, getForm, listForms } from "@/api/generated/management-api/sdk.gen";
import { queryOptions as askProvider, submitForm, uploadFile } from "@/api/generated/workflow-engine/sdk.gen";
import { inOrganization } from "@/api/services";
import type { FieldOption, FormDefinition, RunnableForm } from "@/features/forms/model/fields";
import { toFormDefinition, toRunnableForm } from "@/features/forms/model/from-api";
import { loadPatterns } from "@/features/forms/model/patterns";

const formKeys = {
  list: (organizationId: string) => ["forms", organizationId, "list"] as const,
  detail: (organizationId: string, formId: string) => ["forms", organizationId, "detail", formId] as const,
};

const mostForms = 200;

/** The forms a person may run for an organization, by name. */
export function formsQuery(organizationId: string) {
  return queryOptions({
    queryKey: formKeys.list(organizationId),
    queryFn: async ({ signal }): Promise<FormDefinition[]> => {
      const { data } = await listForms({
        headers: inOrganization(organizationId),
        query: { limit: mostForms },
        signal,
      });
      return data.map(toFormDefinition);
    },
    staleTime: 60_000,
  });
}

/** One form with its fields. */
export function formQuery(organizationId: string, formId: string) {
  return queryOptions({
    queryKey: formKeys.detail(organizationId, formId),
    queryFn: async ({ signal }) => {
      const { data } = await getForm({ headers: inOrganization(organizationId), path: { formId }, signal });
      return toFormDefinition(data);
    },
    // A form that changed while somebody fills it in would take their input away; opening it anew reads it anew.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** A form made from a workflow's parameters; it is not saved. */
export function generatedFormQuery(organizationId: string, workflowName: string) {
  return queryOptions({
    queryKey: ["forms", organizationId, "generated", workflowName],
    queryFn: async ({ signal }): Promise<RunnableForm> => {
      const { data } = await generateForm({ headers: inOrganization(organizationId), body: { workflowName }, signal });
      return toRunnableForm(data);
    },
    // As with a saved form: it does not change under the hands of whoever fills it in.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

interface OptionsOf {
  organizationId: string;
  formId: string | null;
  provider: string;
  inputs: Record<string, unknown>;
  /** Narrows a list down that is too long to be sent whole. */
  search?: string;
}

/** So many options come at once; of a longer list the rest is found by searching. */
export const mostOptions = 200;

export interface ProviderOptions {
  options: FieldOption[];
  /** How many there are in all. */
  total: number;
  truncated: boolean;
}

/** The options of a field from its data provider, for these inputs. */
export function optionsQuery({ organizationId, formId, provider, inputs, search = "" }: OptionsOf) {
  return queryOptions({
    queryKey: ["forms", organizationId, "options", provider, formId, inputs, search],
    queryFn: async ({ signal, client, queryKey }): Promise<ProviderOptions> => {
      // A retry by hand wants the provider itself, not the answer that was kept.
      const before = client.getQueryState(queryKey);
      const refresh = before?.data === undefined && (before?.errorUpdateCount ?? 0) > 0;
      const { data } = await askProvider({
        headers: inOrganization(organizationId),
        path: { name: provider },
        body: { inputs, formId, refresh, search, limit: mostOptions },
        signal,
      });
      return { options: data.options, total: data.total, truncated: data.truncated };
    },
    staleTime: 60_000,
    retry: false,
  });
}

/** What checks patterns; loaded only for forms that have some. */
export const patternsQuery = queryOptions({
  queryKey: ["forms", "patterns"],
  queryFn: loadPatterns,
  staleTime: Number.POSITIVE_INFINITY,
});

export interface Submission {
  parameters: Record<string, unknown>;
  idempotencyKey: string;
  /** Runs it from the queue, whatever time it takes. */
  inBackground: boolean;
}

/** Runs a form; the answer comes within about a second, and the execution may go on after it. */
export function submitFormMutation(queryClient: QueryClient, organizationId: string, formId: string) {
  return mutationOptions({
    mutationFn: async ({ parameters, idempotencyKey, inBackground }: Submission) => {
      const { data } = await submitForm({
        headers: {
          ...inOrganization(organizationId),
          "idempotency-key": idempotencyKey,
          prefer: inBackground ? "respond-async" : "wait=1",
        },
        path: { formId },
        body: { parameters },
      });
      return data;
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["executions", "list"] }),
  });
}

interface Upload {
  organizationId: string;
  formId: string;
  fieldName: string;
  file: File;
  signal: AbortSignal;
  /** Told of each part that has been sent, from 0 to 1. */
  onProgress: (fraction: number) => void;
}

/** Sends a file for a form's file field; its id is what the form is submitted with. */
export async function upload({ organizationId, formId, fieldName, file, signal, onProgress }: Upload) {
  const { data } = await uploadFile({
    headers: inOrganization(organizationId),
    path: { formId },
    query: { field: fieldName, filename: file.name },
    body: file,
    bodySerializer: null,
    signal,
    // A large file on a slow line takes as long as it takes.
    timeout: 0,
    onUploadProgress: ({ progress }) => {
      onProgress(progress ?? 0);
    },
  });
  return data;
}
