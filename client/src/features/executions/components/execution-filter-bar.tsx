import type { ComboboxItem } from "@mantine/core";
import { Button, Group, Select } from "@mantine/core";
import { useState } from "react";

import { statusWords, triggerWords } from "@/features/executions/model/execution";
import type { ExecutionFilters } from "@/features/executions/model/filters";
import { isFiltered, readFilters } from "@/features/executions/model/filters";
import { DateInput } from "@/shared/ui/date-input";
import { workflowTitle } from "@/shared/ui/workflow-title";

interface ExecutionFilterBarProps {
  filters: ExecutionFilters;
  onChange: (change: Partial<ExecutionFilters>) => void;
  onClear: () => void;
  workflows: readonly string[];
  forms: readonly ComboboxItem[];
  people: readonly ComboboxItem[];
}

const statuses = Object.entries(statusWords).map(([value, label]) => ({ value, label }));
const triggers = Object.entries(triggerWords).map(([value, label]) => ({ value, label }));

interface ChoiceProps {
  label: string;
  all: string;
  data: readonly ComboboxItem[];
  value: string;
  onChange: (value: string) => void;
}

function Choice({ label, all, data, value, onChange }: ChoiceProps) {
  // A list that nobody has come to yet is not there: five of them lay the page out in the middle of its rendering.
  const [isReached, setReached] = useState(false);
  // What the address names is shown even when it is in no list: a workflow that was deleted, say.
  const isKnown = value === "" || data.some((item) => item.value === value);
  return (
    <Select
      label={label}
      placeholder={all}
      w={148}
      clearable
      searchable={data.length > 8}
      comboboxProps={{ withinPortal: false, keepMounted: isReached }}
      onFocus={() => setReached(true)}
      openOnFocus={false}
      nothingFoundMessage="Nothing matches"
      clearButtonProps={{ "aria-label": `Clear ${label}` }}
      data={isKnown ? [...data] : [{ value, label: value }, ...data]}
      value={value || null}
      onChange={(chosen) => onChange(chosen ?? "")}
    />
  );
}

/** What the list of executions is narrowed to. */
export function ExecutionFilterBar({ filters, onChange, onClear, ...lists }: ExecutionFilterBarProps) {
  const workflows = lists.workflows.map((name) => ({ value: name, label: workflowTitle(name) }));
  /** Only what a filter can be: lists give texts. */
  const narrow = (name: "status" | "trigger", value: string) => {
    onChange({ [name]: readFilters(new URLSearchParams({ [name]: value }))[name] });
  };
  return (
    <Group align="flex-end" gap="sm" role="search" aria-label="Filters">
      <Choice
        label="Status"
        all="Any"
        data={statuses}
        value={filters.status}
        onChange={(value) => narrow("status", value)}
      />
      <Choice
        label="Workflow"
        all="All"
        data={workflows}
        value={filters.workflow}
        onChange={(workflow) => onChange({ workflow })}
      />
      <Choice label="Form" all="All" data={lists.forms} value={filters.form} onChange={(form) => onChange({ form })} />
      <Choice
        label="Person"
        all="Anybody"
        data={lists.people}
        value={filters.person}
        onChange={(person) => onChange({ person })}
      />
      <Choice
        label="Trigger"
        all="Anything"
        data={triggers}
        value={filters.trigger}
        onChange={(value) => narrow("trigger", value)}
      />
      <DateInput label="From" value={filters.from} onChange={(from) => onChange({ from })} />
      <DateInput label="To" value={filters.to} onChange={(to) => onChange({ to })} />
      {isFiltered(filters) && (
        <Button variant="subtle" onClick={onClear}>
          Clear filters
        </Button>
      )}
    </Group>
  );
}
