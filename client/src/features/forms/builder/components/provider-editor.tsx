import { Group, Select, Stack, Text } from "@mantine/core";

import type { ParameterMetadata } from "@/api/generated/workflow-engine/types.gen";
import { ValueInput } from "@/features/forms/builder/components/value-input";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField, DraftInput } from "@/features/forms/builder/model/draft";
import { called } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";
import { sourcesFor } from "@/features/forms/builder/model/references";
import { parameterKind } from "@/features/forms/builder/model/value-kinds";

interface InputEditorProps {
  field: DraftField;
  parameter: ParameterMetadata;
  input: DraftInput | null;
  onChange: (input: DraftInput | null) => void;
}

/** One input of a data provider: not given, a fixed value, or what an earlier field has. */
function InputEditor({ field, parameter, input, onChange }: InputEditorProps) {
  const { draft } = useBuilderContext();
  const message = useMessages(field.key)[`dataProviderInputs.${parameter.name}`];
  const label = parameter.label || parameter.name;
  const sources = sourcesFor(draft, field.key);
  const choose = (mode: string | null) => {
    const [first] = sources;
    if (mode === "field" && first !== undefined) {
      onChange({ mode, source: sources.find(({ name }) => name === parameter.name)?.key ?? first.key });
    } else {
      onChange(mode === "static" ? { mode, value: parameter.defaultValue ?? null } : null);
    }
  };
  return (
    <Group gap={6} align="flex-end" grow preventGrowOverflow={false} wrap="nowrap">
      <Select
        label={label}
        description={parameter.required ? "Needed by the provider." : undefined}
        required={parameter.required}
        allowDeselect={false}
        error={input === null ? message : undefined}
        data={[
          { value: "none", label: "Not given" },
          { value: "static", label: "A fixed value" },
          { value: "field", label: "An earlier field", disabled: sources.length === 0 },
        ]}
        value={input?.mode ?? "none"}
        onChange={choose}
      />
      {input?.mode === "static" && (
        <ValueInput
          label={`Value of ${label}`}
          kind={parameterKind(parameter)}
          value={input.value}
          error={message}
          onChange={(value) => onChange({ ...input, value })}
        />
      )}
      {input?.mode === "field" && (
        <Select
          label={`Field for ${label}`}
          allowDeselect={false}
          error={message}
          data={sources.map((source) => ({ value: source.key, label: called(source) }))}
          value={input.source}
          onChange={(source) => onChange(source === null ? null : { mode: "field", source })}
        />
      )}
    </Group>
  );
}

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
        <InputEditor
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
