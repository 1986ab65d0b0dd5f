import { useDebouncedValue } from "@mantine/hooks";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useFormContext, useWatch } from "react-hook-form";

import { optionsQuery } from "@/features/forms/api";
import { useFormScope } from "@/features/forms/hooks/form-scope";
import type { Field } from "@/features/forms/model/fields";
import { optionDependencies, optionSource } from "@/features/forms/model/option-source";
import type { FormValues } from "@/features/forms/model/values";
import { selectableOptions } from "@/features/forms/model/values";

export interface SelectableOption {
  value: string;
  label: string;
}

export type FieldOptions =
  | { status: "ready"; options: SelectableOption[] }
  | { status: "waiting"; needs: string[] }
  | { status: "loading" }
  | { status: "failed"; error: unknown; retry: () => void };

/** The options of a field now; those of a provider follow the fields that it depends on. */
export function useFieldOptions(field: Field): FieldOptions {
  const { formId, organizationId, fields } = useFormScope();
  const { control, getValues } = useFormContext<FormValues>();
  const dependencies = optionDependencies(field);
  useWatch({ control, name: dependencies, disabled: dependencies.length === 0 });

  const source = optionSource(field, fields, getValues());
  // While somebody types in a field that options depend on, only a pause asks for them.
  const [settled] = useDebouncedValue(JSON.stringify(source), dependencies.length === 0 ? 0 : 300);
  const isSettled = settled === JSON.stringify(source);
  const query = useQuery(
    source.kind === "provider" && isSettled
      ? optionsQuery({ organizationId, formId, provider: source.provider, inputs: source.inputs })
      : { queryKey: ["forms", "options", "none"], queryFn: skipToken },
  );

  if (source.kind === "static") {
    return { status: "ready", options: selectableOptions(field.options ?? []) };
  }
  if (source.kind === "waiting") {
    return { status: "waiting", needs: source.needs };
  }
  if (query.data !== undefined && isSettled) {
    return { status: "ready", options: selectableOptions(query.data) };
  }
  if (query.isError && !query.isFetching) {
    return { status: "failed", error: query.error, retry: () => void query.refetch() };
  }
  return { status: "loading" };
}
