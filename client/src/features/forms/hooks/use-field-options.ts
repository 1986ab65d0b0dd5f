import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useFormContext, useWatch } from "react-hook-form";

import { optionsQuery } from "@/features/forms/api";
import { useFormScope } from "@/features/forms/hooks/form-scope";
import type { Field, FieldOption } from "@/features/forms/model/fields";
import { optionDependencies, optionSource } from "@/features/forms/model/option-source";
import type { FormValues } from "@/features/forms/model/values";
import { selectableOptions } from "@/features/forms/model/values";

export interface SelectableOption {
  value: string;
  label: string;
}

export type FieldOptions =
  | {
      status: "ready";
      options: SelectableOption[];
      /** How many there are in all where only the first came; the others are found by searching. */
      total: number | null;
      isSearching: boolean;
    }
  | { status: "waiting"; needs: string[] }
  | { status: "loading" }
  | { status: "failed"; error: unknown; retry: () => void };

function ready(options: readonly FieldOption[], total: number | null = null, isSearching = false): FieldOptions {
  return { status: "ready", options: selectableOptions(options), total, isSearching };
}

/**
 * The options of a field now; those of a provider follow the fields that it depends on.
 *
 * Args:
 *   search: What was typed; asks the provider where its list is too long to be here whole.
 */
export function useFieldOptions(field: Field, search = ""): FieldOptions {
  const { formId, organizationId, fields } = useFormScope();
  const { control, getValues } = useFormContext<FormValues>();
  const dependencies = optionDependencies(field);
  useWatch({ control, name: dependencies, disabled: dependencies.length === 0 });

  const source = optionSource(field, fields, getValues());
  // While somebody types in a field that options depend on, only a pause asks for them.
  const [settled] = useDebouncedValue(JSON.stringify(source), dependencies.length === 0 ? 0 : 300);
  const isSettled = settled === JSON.stringify(source);
  const asked =
    source.kind === "provider" && isSettled
      ? { organizationId, formId, provider: source.provider, inputs: source.inputs }
      : null;
  const request = asked ?? { organizationId, formId, provider: "", inputs: {} };
  const query = useQuery({ ...optionsQuery(request), enabled: asked !== null });
  const isLong = query.data?.truncated === true;
  const [wanted] = useDebouncedValue(search.trim(), 300);
  const found = useQuery({
    ...optionsQuery({ ...request, search: wanted }),
    enabled: asked !== null && isLong && wanted !== "",
  });

  if (source.kind === "static") {
    return ready(field.options ?? []);
  }
  if (source.kind === "waiting") {
    return { status: "waiting", needs: source.needs };
  }
  if (query.data !== undefined && isSettled) {
    if (!isLong) {
      return ready(query.data.options);
    }
    const isSearching = search.trim() !== "" && (search.trim() !== wanted || found.isFetching);
    return ready((found.data ?? query.data).options, query.data.total, isSearching);
  }
  if (query.isError && !query.isFetching) {
    return { status: "failed", error: query.error, retry: () => void query.refetch() };
  }
  return { status: "loading" };
}
