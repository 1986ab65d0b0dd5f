import { Autocomplete, Button, Group, Select, Stack, Switch, Text } from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { ChoicesPart } from "@/features/forms/builder/components/choices-part";
import { ConditionPart } from "@/features/forms/builder/components/condition-part";
import { FilePart } from "@/features/forms/builder/components/file-part";
import { Part } from "@/features/forms/builder/components/part";
import { TextProperty } from "@/features/forms/builder/components/property";
import { RemoveFieldDialog } from "@/features/forms/builder/components/remove-field-dialog";
import { RulesPart } from "@/features/forms/builder/components/rules-part";
import { ValueInput } from "@/features/forms/builder/components/value-input";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { DraftField } from "@/features/forms/builder/model/draft";
import { sectionTitle } from "@/features/forms/builder/model/draft";
import type { FieldChange } from "@/features/forms/builder/model/edits";
import { fieldTypes, hasValue, isChoice, paletteTypes } from "@/features/forms/builder/model/field-types";
import { sectionsOf } from "@/features/forms/builder/model/lines";
import { dependentsOf } from "@/features/forms/builder/model/references";
import { defaultKind } from "@/features/forms/builder/model/value-kinds";

interface FieldPartProps {
  field: DraftField;
  onChange: (change: FieldChange) => void;
}

const typeChoices = paletteTypes.map((value) => ({ value, label: fieldTypes[value].label }));

/** The parameters of the workflow, by the names that fields can take. */
function useParameters() {
  const { catalog, draft } = useBuilderContext();
  return catalog.workflows?.find(({ name }) => name === draft.linkedWorkflow)?.parameters ?? [];
}

function Placing({ field }: { field: DraftField }) {
  const { draft, edit } = useBuilderContext();
  const messages = useMessages(field.key);
  const sections = sectionsOf(draft);
  return (
    <Group gap="sm" grow align="flex-start">
      <Select
        label="Type"
        allowDeselect={false}
        error={messages.type}
        data={typeChoices}
        value={field.type}
        onChange={(type) =>
          type !== null && edit({ type: "changeType", key: field.key, fieldType: type })
        }
      />
      {sections.length > 0 && (
        <Select
          label="Section"
          error={messages.section}
          placeholder="None"
          clearable
          clearButtonProps={{ "aria-label": "Take the field out of its section" }}
          data={sections.map((section) => ({ value: section.name, label: sectionTitle(section) }))}
          value={field.section}
          onChange={(section) => edit({ type: "moveToSection", key: field.key, section })}
        />
      )}
    </Group>
  );
}

function General({ field, onChange }: FieldPartProps) {
  const { added } = useBuilderContext();
  const messages = useMessages(field.key);
  const parameters = useParameters();
  const parameter = parameters.find(({ name }) => name === field.name);
  const isShownOnly = !hasValue(field.type);
  return (
    <Part title="Label and type">
      <TextProperty
        label="Label"
        description={isShownOnly ? "Not shown on the form; names this text here." : undefined}
        required={!isShownOnly}
        startsFocused={added === field.key}
        value={field.label}
        error={messages.label}
        onChange={(label) => onChange({ label: label ?? "" })}
      />
      <Autocomplete
        label="Name"
        description={
          parameter === undefined
            ? "Letters, digits and _. A parameter of the workflow that has this name gets the value."
            : `Fills the workflow's parameter “${parameter.label || parameter.name}”${parameter.required ? ", which it needs" : ""}.`
        }
        required
        spellCheck={false}
        openOnFocus={false}
        comboboxProps={{ withinPortal: false }}
        maxLength={64}
        data={parameters.map(({ name }) => name)}
        value={field.name}
        error={messages.name}
        onChange={(name) => onChange({ name })}
      />
      <Placing field={field} />
      {!isShownOnly && (
        <Switch
          label={field.type === "checkbox" ? "Has to be ticked" : "Has to be filled in"}
          checked={field.required}
          onChange={({ currentTarget: { checked } }) => onChange({ required: checked })}
        />
      )}
    </Part>
  );
}

function Words({ field, onChange }: FieldPartProps) {
  const messages = useMessages(field.key);
  if (!hasValue(field.type)) {
    return (
      <Part title="Text">
        <TextProperty
          label="Text"
          description="Markdown: **bold**, lists, [links](https://…). HTML and pictures are not shown."
          required
          lines
          value={field.content}
          error={messages.content}
          onChange={(content) => onChange({ content })}
        />
      </Part>
    );
  }
  const kind = defaultKind(field);
  return (
    <Part title="Help and default">
      <TextProperty
        label="Help text"
        description="Shown below the label."
        lines
        value={field.helpText}
        error={messages.helpText}
        onChange={(helpText) => onChange({ helpText })}
      />
      {(fieldTypes[field.type].hasPlaceholder || field.placeholder !== null) && (
        <TextProperty
          label="Placeholder"
          value={field.placeholder}
          error={messages.placeholder}
          onChange={(placeholder) => onChange({ placeholder })}
        />
      )}
      {kind !== null && (
        <ValueInput
          key={kind.is}
          label="Default"
          description={field.type === "checkbox" ? "Whether the box is ticked at the start." : undefined}
          kind={kind}
          value={field.defaultValue}
          error={messages.defaultValue}
          onChange={(defaultValue) => onChange({ defaultValue })}
        />
      )}
    </Part>
  );
}

function FieldActions({ field }: { field: DraftField }) {
  const { draft, edit } = useBuilderContext();
  const [isAsking, setAsking] = useState(false);
  const dependents = dependentsOf(draft.fields, field.key);
  const remove = () => edit({ type: "removeField", key: field.key });
  return (
    <Group gap="xs">
      <Button
        variant="default"
        size="xs"
        leftSection={<IconCopy size={14} aria-hidden />}
        onClick={() => edit({ type: "copyField", key: field.key })}
      >
        Copy the field
      </Button>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconTrash size={14} aria-hidden />}
        onClick={() => (dependents.length > 0 ? setAsking(true) : remove())}
      >
        Delete the field
      </Button>
      {isAsking && (
        <RemoveFieldDialog field={field} dependents={dependents} onConfirm={remove} onClose={() => setAsking(false)} />
      )}
    </Group>
  );
}

/** Everything that can be set for a field of its type. */
export function FieldProperties({ field }: { field: DraftField }) {
  const { edit } = useBuilderContext();
  const onChange = (change: FieldChange) => edit({ type: "changeField", key: field.key, change });
  return (
    <Stack gap="lg">
      <General field={field} onChange={onChange} />
      {isChoice(field.type) && <ChoicesPart field={field} onChange={onChange} />}
      {field.type === "file" && <FilePart field={field} onChange={onChange} />}
      <Words field={field} onChange={onChange} />
      <RulesPart field={field} onChange={(validation) => onChange({ validation })} />
      <ConditionPart field={field} onChange={(visibleWhen) => onChange({ visibleWhen })} />
      <FieldActions field={field} />
      <Text size="xs" c="dimmed">
        A deleted field comes back with Undo (Ctrl+Z).
      </Text>
    </Stack>
  );
}
