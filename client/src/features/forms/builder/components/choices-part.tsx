import { SegmentedControl } from "@mantine/core";

import { OptionsEditor } from "@/features/forms/builder/components/options-editor";
import { Part } from "@/features/forms/builder/components/part";
import { ProviderEditor } from "@/features/forms/builder/components/provider-editor";
import { useBuilderContext } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";
import { freshField } from "@/features/forms/builder/model/field-types";

interface ChoicesPartProps {
  field: DraftField;
  onChange: (change: FieldChange) => void;
}

/** What there is to choose from: a list made here, or one that a data provider loads. */
export function ChoicesPart({ field, onChange }: ChoicesPartProps) {
  const { catalog } = useBuilderContext();
  const isLoaded = field.dataProvider !== null;
  const choose = (source: string) => {
    if ((source === "provider") === isLoaded) {
      return;
    }
    onChange({
      options: source === "list" ? freshField(field.type, []).options : null,
      dataProvider: source === "list" ? null : (catalog.dataProviders?.[0]?.name ?? ""),
      dataProviderInputs: null,
      defaultValue: null,
    });
  };
  return (
    <Part title="Choices">
      <SegmentedControl
        aria-label="Where the choices come from"
        fullWidth
        value={isLoaded ? "provider" : "list"}
        onChange={choose}
        data={[
          { value: "list", label: "A list" },
          {
            value: "provider",
            label: "A data provider",
            disabled: !isLoaded && (catalog.dataProviders ?? []).length === 0,
          },
        ]}
      />
      {isLoaded ? (
        <ProviderEditor field={field} onChange={onChange} />
      ) : (
        <OptionsEditor owner={field.key} options={field.options ?? []} onChange={(options) => onChange({ options })} />
      )}
    </Part>
  );
}
