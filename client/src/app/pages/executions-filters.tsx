import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { workflowNamesQuery } from "@/features/executions/api";
import { ExecutionFilterBar } from "@/features/executions/components/execution-filter-bar";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import type { ExecutionFilters as Filters } from "@/features/executions/model/filters";
import type { FormDefinition } from "@/features/forms/model/fields";
import { usersQuery } from "@/features/users/api";
import { useMe } from "@/shared/session/session-context";

interface ExecutionFiltersProps {
  filters: Filters;
  onChange: (change: Partial<Filters>) => void;
  onClear: () => void;
  /** Those that are shown: who ran them can be asked for. */
  executions: readonly ExecutionSummary[];
  forms: readonly FormDefinition[];
}

/** People to choose from: oneself, who ran what is shown, and for admins everybody. */
function usePeople(executions: readonly ExecutionSummary[]) {
  const me = useMe();
  const users = useInfiniteQuery({ ...usersQuery(null), enabled: me.isAdmin });
  const names = new Map<string, string>([[me.id, `${me.name || me.email} (you)`]]);
  for (const { executedBy, executedByName } of executions) {
    if (!names.has(executedBy)) {
      names.set(executedBy, executedByName || executedBy);
    }
  }
  for (const user of users.data?.pages.flatMap((page) => page.items) ?? []) {
    if (user.id !== me.id) {
      names.set(user.id, user.displayName || user.email || user.id);
    }
  }
  return [...names].map(([value, label]) => ({ value, label }));
}

/** The filters, with what there is to choose from; they work without it too. */
export function ExecutionFilters({ filters, onChange, onClear, executions, forms }: ExecutionFiltersProps) {
  const workflows = useQuery(workflowNamesQuery);
  return (
    <ExecutionFilterBar
      filters={filters}
      onChange={onChange}
      onClear={onClear}
      workflows={workflows.data ?? []}
      forms={forms.map(({ id, name }) => ({ value: id, label: name }))}
      people={usePeople(executions)}
    />
  );
}
