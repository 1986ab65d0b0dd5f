import type { QueryClient } from "@tanstack/react-query";
import { mutationOptions, queryOptions } from "@tanstack/react-query";

import { generateForm, getForm, listForms } from "@/api/generated/management-api/sdk.gen";
import { queryOptions as askProvider, submitForm } from "@/api/generated/workflow-engine/sdk.gen";
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
}

/** The options of a field from its data provider, for these inputs. */
export function optionsQuery({ organizationId, formId, provider, inputs }: OptionsOf) {
  return queryOptions({
    queryKey: ["forms", organizationId, "options", provider, formId, inputs],
    queryFn: async ({ signal, client, queryKey }): Promise<FieldOption[]> => {
      // A retry by hand wants the provider itself, not the answer that was kept.
      const before = client.getQueryState(queryKey);
      const refresh = before?.data === undefined && (before?.errorUpdateCount ?? 0) > 0;
      const { data } = await askProvider({
        headers: inOrganization(organizationId),
        path: { name: provider },
        body: { inputs, formId, refresh },
        signal,
      });
      return data.options;
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
}

/** Runs a form; the answer comes within about a second, and the execution may go on after it. */
export function submitFormMutation(queryClient: QueryClient, organizationId: string, formId: string) {
  return mutationOptions({
    mutationFn: async ({ parameters, idempotencyKey }: Submission) => {
      const { data } = await submitForm({
        headers: { ...inOrganization(organizationId), "idempotency-key": idempotencyKey, prefer: "wait=1" },
        path: { formId },
        body: { parameters },
      });
      return data;
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["executions", "list"] }),
  });
}
