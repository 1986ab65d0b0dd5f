import { Select, Text } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";

import type { Operator } from "@/api/generated/management-api/types.gen";
import { Part } from "@/features/forms/builder/components/part";
import { StillSelect } from "@/features/forms/builder/components/still-select";
import { ValueInput } from "@/features/forms/builder/components/value-input";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import { useSame } from "@/features/forms/builder/hooks/use-same";
import type { DraftCondition, DraftField } from "@/features/forms/builder/model/draft";
import { called, findField } from "@/features/forms/builder/model/draft";
import { sourcesFor } from "@/features/forms/builder/model/references";
import { comparedKind, operatorsFor } from "@/features/forms/builder/model/value-kinds";

interface ConditionPartProps {
  field: DraftField;
  onChange: (condition: DraftCondition | null) => void;
}

const always = "always";

function firstCondition(source: DraftField): DraftCondition {
  const operator = operatorsFor(source, null)[0]?.value ?? "isNotEmpty";
  return { source: source.key, operator, value: source.type === "checkbox" ? true : null };
}

function sameKind(source: DraftField, one: Operator, other: Operator): boolean {
  return comparedKind(source, one)?.is === comparedKind(source, other)?.is;
}

function Comparison({ source, condition, onChange }: { source: DraftField; condition: DraftCondition } & Pick<ConditionPartProps, "onChange">) {
  const messages = useMessages(source.key);
  const kind = comparedKind(source, condition.operator);
  const setOperator = (operator: Operator) => {
    const value = sameKind(source, condition.operator, operator) ? condition.value : null;
    onChange({ ...condition, operator, value });
  };
  return (
    <>
      <Select
        label="Comparison"
        allowDeselect={false}
        data={operatorsFor(source, condition.operator)}
        value={condition.operator}
        error={messages["visibleWhen.operator"]}
        onChange={(operator) => operator !== null && setOperator(operator)}
      />
      {kind !== null && (
        <ValueInput
          key={kind.is}
          label="Compared with"
          description={condition.value === null ? "Nothing yet: give a value." : undefined}
          kind={kind}
          value={condition.value}
          onChange={(value) => onChange({ ...condition, value })}
        />
      )}
    </>
  );
}

/** When the field shows: always, or only while an earlier field is so. */
export function ConditionPart({ field, onChange }: ConditionPartProps) {
  const { draft } = useBuilderContext();
  const message = useMessages(field.key)["visibleWhen.field"];
  const condition = field.visibleWhen;
  const sources = sourcesFor(draft, field.key);
  const source = condition === null ? undefined : findField(draft, condition.source);
  const choices = useSame([
    { value: always, label: "Always" },
    ...sources.map((one) => ({ value: one.key, label: `Depending on “${called(one)}”` })),
  ]);
  const choose = useCallbackRef((key: string | null) => {
    const chosen = sources.find((one) => one.key === key);
    onChange(chosen === undefined ? null : firstCondition(chosen));
  });
  return (
    <Part title="When it shows">
      {sources.length === 0 && condition === null ? (
        <Text size="sm" c="dimmed">
          Always. A field can depend on fields before it, and this one has none.
        </Text>
      ) : (
        <StillSelect
          label="Show this field"
          allowDeselect={false}
          error={message}
          data={choices}
          value={condition === null ? always : condition.source}
          onChange={choose}
        />
      )}
      {condition !== null && source !== undefined && (
        <Comparison source={source} condition={condition} onChange={onChange} />
      )}
    </Part>
  );
}
