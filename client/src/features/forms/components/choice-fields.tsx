import type { OptionsFilter } from "@mantine/core";
import { Box, Loader, MultiSelect, Radio, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { mostOptions } from "@/features/forms/api";
import { OptionNotice } from "@/features/forms/components/option-notice";
import { useChosenOption } from "@/features/forms/hooks/use-chosen-option";
import { useField } from "@/features/forms/hooks/use-field";
import type { FieldOptions } from "@/features/forms/hooks/use-field-options";
import { useFieldOptions } from "@/features/forms/hooks/use-field-options";
import type { Field } from "@/features/forms/model/fields";

/** The options of a field with what is chosen of them, and the search in a list that is too long to be here whole. */
function useChoice(field: Field) {
  const input = useField(field);
  const [search, setSearch] = useState("");
  const [names, setNames] = useState<Record<string, string>>({});
  const chosen = Array.isArray(input.value) ? input.value : typeof input.value === "string" ? [input.value] : [];
  // The words of what is chosen stand in the box too; nobody searches for those.
  const state = useFieldOptions(field, chosen.some((key) => names[key] === search) ? "" : search);
  useChosenOption(field, state, input.value);
  const options = state.status === "ready" ? state.options : [];
  const isLong = state.status === "ready" && state.total !== null;
  const found = new Set(options.map(({ value }) => value));
  const others = chosen.filter((key) => key !== "" && !found.has(key));
  const filterFound: OptionsFilter = ({ options: items }) =>
    items.filter((item) => "value" in item && found.has(item.value));

  return {
    input,
    state,
    chosen,
    data: isLong ? [...options, ...others.map((value) => ({ value, label: names[value] ?? value }))] : options,
    choose: (value: string | string[]) => {
      const label = (key: string) => options.find((option) => option.value === key)?.label ?? names[key] ?? key;
      setNames(Object.fromEntries([value].flat().map((key) => [key, label(key)])));
      input.setValue(value);
    },
    // The server has searched already, and what it found is listed as it is.
    search: isLong ? { filter: filterFound, onSearchChange: setSearch } : {},
  };
}

function placeholderFor(field: Field, state: FieldOptions): string {
  switch (state.status) {
    case "loading":
      return "Loading options…";
    case "waiting":
      return `Choose ${state.needs.join(" and ")} first`;
    case "failed":
      return "Not available";
    case "ready":
      return field.placeholder ?? "Choose…";
  }
}

/** What both kinds of list do while their options are on the way, missing, or wrong. */
function listProps(field: Field, state: FieldOptions) {
  const isReady = state.status === "ready" && (state.options.length > 0 || state.total !== null);
  return {
    limit: mostOptions,
    searchable: true,
    required: field.required,
    nothingFoundMessage: "Nothing matches",
    disabled: !isReady,
    rightSection:
      state.status === "loading" || (state.status === "ready" && state.isSearching) ? (
        <Loader size={16} aria-label={`Loading options for ${field.label}`} />
      ) : undefined,
    clearButtonProps: { "aria-label": `Clear ${field.label}` },
  };
}

/** One of a list, found by typing. */
export function SelectField({ field }: { field: Field }) {
  const { input, state, data, chosen, choose, search } = useChoice(field);
  return (
    <Box>
      <Select
        {...input.frame}
        data={data}
        {...listProps(field, state)}
        {...search}
        clearable={!field.required}
        placeholder={placeholderFor(field, state)}
        value={data.find((option) => option.value === chosen[0])?.value ?? null}
        onChange={(value) => choose(value ?? "")}
        onBlur={input.onBlur}
      />
      <OptionNotice field={field} state={state} />
    </Box>
  );
}

/** Several of a list. */
export function MultiSelectField({ field }: { field: Field }) {
  const { input, state, data, chosen, choose, search } = useChoice(field);
  return (
    <Box>
      <MultiSelect
        {...input.frame}
        data={data}
        {...listProps(field, state)}
        {...search}
        clearable
        hidePickedOptions
        placeholder={chosen.length > 0 ? undefined : placeholderFor(field, state)}
        value={chosen.filter((key) => data.some((option) => option.value === key))}
        onChange={choose}
        onBlur={input.onBlur}
      />
      <OptionNotice field={field} state={state} />
    </Box>
  );
}

/** One of a few, all in sight; none is chosen beforehand unless the form says so. */
export function RadioField({ field }: { field: Field }) {
  const { input, state, data } = useChoice(field);
  return (
    <Box>
      <Radio.Group
        {...input.frame}
        required={field.required}
        value={typeof input.value === "string" ? input.value : ""}
        onChange={input.setValue}
        onBlur={input.onBlur}
      >
        <Stack gap="xs" mt={6} mb={input.frame.error === undefined ? 0 : 6}>
          {state.status !== "ready" && state.status !== "failed" && (
            <Text size="sm" c="dimmed">
              {placeholderFor(field, state)}
            </Text>
          )}
          {data.map((option) => (
            <Radio key={option.value} value={option.value} label={option.label} />
          ))}
        </Stack>
      </Radio.Group>
      <OptionNotice field={field} state={state} />
    </Box>
  );
}
