import { Group, Select } from "@mantine/core";

import type { ParameterMetadata } from "@/api/generated/workflow-engine/types.gen";
import { ValueInput } from "@/features/forms/builder/components/value-input";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField, DraftInput } from "@/features/forms/builder/model/draft";
import { called } from "@/features/forms/builder/model/draft";
import { sourcesFor } from "@/features/forms/builder/model/references";
import { parameterKind } from "@/features/forms/builder/model/value-kinds";

interface ProviderInputProps {
  field: DraftField;
  parameter: ParameterMetadata;
  input: DraftInput | null;
  onChange: (input: DraftInput | null) => void;
}

/** One input of a data provider: not given, a fixed value, or what an earlier field has. */
export function ProviderInput({ field, parameter, input, onChange }: ProviderInputProps) {
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
