import { Button, Group, Text } from "@mantine/core";

import { ApiError } from "@/api/api-error";
import type { FieldOptions } from "@/features/forms/hooks/use-field-options";
import type { Field } from "@/features/forms/model/fields";

interface OptionNoticeProps {
  field: Field;
  state: FieldOptions;
}

/** Below an option field: what is wrong or missing with its options, and how to go on. */
export function OptionNotice({ field, state }: OptionNoticeProps) {
  switch (state.status) {
    case "loading":
    case "waiting":
      return null;
    case "failed": {
      const { error } = state;
      return (
        <Group gap="xs" mt={4} role="alert" align="center">
          <Text size="sm" c="var(--mantine-color-error)" flex={1}>
            The options could not be loaded. {error instanceof ApiError ? error.message : ""}
            {error instanceof ApiError && error.requestId ? ` (Request id ${error.requestId})` : ""}
          </Text>
          <Button size="compact-sm" variant="default" onClick={state.retry} aria-label={`Load ${field.label} again`}>
            Try again
          </Button>
        </Group>
      );
    }
    case "ready":
      if (state.total !== null) {
        return (
          <Text size="sm" c="dimmed" mt={4}>
            There are {state.total.toLocaleString()}. Type to find one.
          </Text>
        );
      }
      return state.options.length === 0 ? (
        <Text size="sm" c="dimmed" mt={4}>
          There is nothing to choose from.
        </Text>
      ) : null;
  }
}
