import { Box, Loader, MultiSelect, Radio, Select, Stack, Text } from "@mantine/core";

import { OptionNotice } from "@/features/forms/components/option-notice";
import { useChosenOption } from "@/features/forms/hooks/use-chosen-option";
import { useField } from "@/features/forms/hooks/use-field";
import type { FieldOptions } from "@/features/forms/hooks/use-field-options";
import { useFieldOptions } from "@/features/forms/hooks/use-field-options";
import type { Field } from "@/features/forms/model/fields";

// More than this at once is slow to show; typing narrows the list.
const shownOptions = 200;

function useChoice(field: Field) {
  const input = useField(field);
  const state = useFieldOptions(field);
  useChosenOption(field, state, input.value);
  const options = state.status === "ready" ? state.options : [];
  return { input, state, options };
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
  const isReady = state.status === "ready" && state.options.length > 0;
  return {
    limit: shownOptions,
    searchable: true,
    required: field.required,
    nothingFoundMessage: "Nothing matches",
    disabled: !isReady,
    rightSection:
      state.status === "loading" ? <Loader size={16} aria-label={`Loading options for ${field.label}`} /> : undefined,
    clearButtonProps: { "aria-label": `Clear ${field.label}` },
  };
}

/** One of a list, found by typing. */
export function SelectField({ field }: { field: Field }) {
  const { input, state, options } = useChoice(field);
  return (
    <Box>
      <Select
        {...input.frame}
        data={options}
        {...listProps(field, state)}
        clearable={!field.required}
        placeholder={placeholderFor(field, state)}
        value={options.find((option) => option.value === input.value)?.value ?? null}
        onChange={(value) => input.setValue(value ?? "")}
        onBlur={input.onBlur}
      />
      <OptionNotice field={field} state={state} />
    </Box>
  );
}

/** Several of a list. */
export function MultiSelectField({ field }: { field: Field }) {
  const { input, state, options } = useChoice(field);
  const chosen = Array.isArray(input.value) ? input.value : [];
  return (
    <Box>
      <MultiSelect
        {...input.frame}
        data={options}
        {...listProps(field, state)}
        clearable
        hidePickedOptions
        placeholder={chosen.length > 0 ? undefined : placeholderFor(field, state)}
        value={chosen.filter((key) => options.some((option) => option.value === key))}
        onChange={input.setValue}
        onBlur={input.onBlur}
      />
      <OptionNotice field={field} state={state} />
    </Box>
  );
}

/** One of a few, all in sight; none is chosen beforehand unless the form says so. */
export function RadioField({ field }: { field: Field }) {
  const { input, state, options } = useChoice(field);
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
          {options.map((option) => (
            <Radio key={option.value} value={option.value} label={option.label} />
          ))}
        </Stack>
      </Radio.Group>
      <OptionNotice field={field} state={state} />
    </Box>
  );
}
