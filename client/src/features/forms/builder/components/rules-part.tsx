import { Group } from "@mantine/core";

import { Part } from "@/features/forms/builder/components/part";
import { NumberProperty, TextProperty } from "@/features/forms/builder/components/property";
import { ValueInput } from "@/features/forms/builder/components/value-input";
import { useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField, DraftRules } from "@/features/forms/builder/model/draft";
import { noRules } from "@/features/forms/builder/model/draft";
import { fieldTypes } from "@/features/forms/builder/model/field-types";

interface RulesPartProps {
  field: DraftField;
  onChange: (validation: DraftRules | null) => void;
}

function Bounds({ field, rules, set }: { field: DraftField; rules: DraftRules; set: (to: Partial<DraftRules>) => void }) {
  const messages = useMessages(field.key);
  const is = field.type === "date" || field.type === "datetime" ? field.type : "number";
  const words = is === "number" ? ["Smallest value", "Largest value"] : ["Earliest", "Latest"];
  return (
    <Group gap="sm" grow align="flex-start">
      <ValueInput
        label={words[0] ?? ""}
        kind={{ is }}
        value={rules.min}
        error={messages["validation.min"]}
        onChange={(min) => set({ min: min as DraftRules["min"] })}
      />
      <ValueInput
        label={words[1] ?? ""}
        kind={{ is }}
        value={rules.max}
        error={messages["validation.max"]}
        onChange={(max) => set({ max: max as DraftRules["max"] })}
      />
    </Group>
  );
}

function Lengths({ field, rules, set }: { field: DraftField; rules: DraftRules; set: (to: Partial<DraftRules>) => void }) {
  const messages = useMessages(field.key);
  const noun = field.type === "multiselect" ? "choices" : "characters";
  return (
    <Group gap="sm" grow align="flex-start">
      <NumberProperty
        label={`Fewest ${noun}`}
        isWhole
        value={rules.minLength}
        error={messages["validation.minLength"]}
        onChange={(minLength) => set({ minLength })}
      />
      <NumberProperty
        label={`Most ${noun}`}
        isWhole
        value={rules.maxLength}
        error={messages["validation.maxLength"]}
        onChange={(maxLength) => set({ maxLength })}
      />
    </Group>
  );
}

/** What a value must be, and the words to say when it is not. */
export function RulesPart({ field, onChange }: RulesPartProps) {
  const messages = useMessages(field.key);
  const { rules: names } = fieldTypes[field.type];
  if (names.length === 0) {
    return null;
  }
  const rules = field.validation ?? noRules;
  const set = (to: Partial<DraftRules>) => {
    const all = { ...rules, ...to };
    onChange(Object.values(all).every((rule) => rule === null) ? null : all);
  };
  return (
    <Part title="Rules">
      {names.includes("min") && <Bounds field={field} rules={rules} set={set} />}
      {names.includes("minLength") && <Lengths field={field} rules={rules} set={set} />}
      {names.includes("pattern") && (
        <TextProperty
          label="Pattern"
          description="A regular expression that is looked for in the text; ^ and $ tie it to the whole."
          monospace
          maxLength={500}
          value={rules.pattern}
          error={messages["validation.pattern"]}
          onChange={(pattern) => set({ pattern })}
        />
      )}
      <TextProperty
        label="Message"
        description={field.type === "checkbox" ? "Said when the box is not ticked." : "Said when a rule is broken."}
        value={rules.message}
        error={messages["validation.message"]}
        onChange={(message) => set({ message })}
      />
    </Part>
  );
}
