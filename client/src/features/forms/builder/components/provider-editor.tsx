import { Select, Stack, Text } from "@mantine/core";

import { ProviderInput } from "@/features/forms/builder/components/provider-input";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField, DraftInput } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";

interface ProviderEditorProps {
  field: DraftField;
  onChange: (change: FieldChange) => void;
}

/** Which data provider loads a field's options, and what it is asked with. */
export function ProviderEditor({ field, onChange }: ProviderEditorProps) {
  const { catalog } = useBuilderContext();
  const message = useMessages(field.key).dataProvider;
  const providers = catalog.dataProviders ?? [];
  const provider = providers.find(({ name }) => name === field.dataProvider);
  const inputs = field.dataProviderInputs ?? {};
  const parameters = provider?.parameters ?? [];
  const stray = Object.keys(inputs).filter((name) => !parameters.some((parameter) => parameter.name === name));
  const setInput = (name: string, input: DraftInput | null) => {
    const others = Object.entries(inputs).filter(([other]) => other !== name);
    const all = Object.fromEntries(input === null ? others : [...others, [name, input]]);
    onChange({ dataProviderInputs: Object.keys(all).length === 0 ? null : all });
  };
  const names = [...new Set([...providers.map(({ name }) => name), field.dataProvider ?? ""])].filter(Boolean);
  return (
    <Stack gap="sm">
      <Select
        label="Data provider"
        description={provider?.description}
        required
        searchable
        allowDeselect={false}
        nothingFoundMessage="No such data provider"
        error={message}
        data={names}
        value={field.dataProvider}
        onChange={(dataProvider) => onChange({ dataProvider, dataProviderInputs: null })}
      />
      {parameters.map((parameter) => (
        <ProviderInput
          key={parameter.name}
          field={field}
          parameter={parameter}
          input={inputs[parameter.name] ?? null}
          onChange={(input) => setInput(parameter.name, input)}
        />
      ))}
      {stray.map((name) => (
        <Select
          key={name}
          label={name}
          error="The data provider has no such input."
          data={[{ value: "kept", label: "Given" }, { value: "none", label: "Not given" }]}
          allowDeselect={false}
          value="kept"
          onChange={() => setInput(name, null)}
        />
      ))}
      {provider !== undefined && parameters.length === 0 && stray.length === 0 && (
        <Text size="sm" c="dimmed">
          This data provider needs no inputs.
        </Text>
      )}
    </Stack>
  );
}
