import { Select, Textarea, TextInput } from "@mantine/core";

import type { SettingField } from "@/features/integrations/model/settings";
import { settingText } from "@/features/integrations/model/settings";
import monospace from "@/shared/ui/monospace.module.css";
import type { SecretNames } from "@/shared/ui/secret-name-input";
import { SecretNameInput } from "@/shared/ui/secret-name-input";

interface SettingInputProps {
  field: SettingField;
  text: string;
  /** What counts while it is blank. */
  inherited: string;
  isNeeded: boolean;
  isLocked: boolean;
  error: string | undefined;
  secretNames: SecretNames;
  onChange: (text: string) => void;
}

function words(choice: string): string {
  return choice.charAt(0).toUpperCase() + choice.slice(1).replaceAll("_", " ");
}

/** What stands below a setting's name: what it is, and what counts while it is blank. */
function description({ field, text, inherited, isLocked }: SettingInputProps): string {
  const fallback = settingText(field.defaultValue);
  const blank = text.trim() === "";
  return [
    field.description,
    isLocked ? "Only an admin may set this." : null,
    inherited !== "" && (blank ? `Inherited: ${inherited}` : `Overrides what all organizations share: ${inherited}`),
    inherited === "" && blank && fallback !== "" && `While blank: ${fallback}`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** The control that fits a setting's type. */
export function SettingInput(props: SettingInputProps) {
  const { field, text, inherited, isNeeded, isLocked, error, secretNames, onChange } = props;
  const shared = {
    label: field.label,
    description: description(props) || undefined,
    required: isNeeded,
    disabled: isLocked,
    error,
  };
  switch (field.kind) {
    case "secret":
      return (
        <SecretNameInput {...shared} names={secretNames} placeholder={inherited} value={text} onChange={onChange} />
      );
    case "choice":
    case "boolean": {
      const choices = field.kind === "boolean" ? ["true", "false"] : field.choices;
      return (
        <Select
          {...shared}
          clearable
          placeholder={words(inherited || settingText(field.defaultValue))}
          data={choices.map((value) => ({ value, label: words(value) }))}
          value={text === "" ? null : text}
          onChange={(value) => onChange(value ?? "")}
        />
      );
    }
    case "json":
      return (
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={10}
          classNames={{ input: monospace.input }}
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "text":
    case "integer":
    case "number":
      return (
        <TextInput
          {...shared}
          inputMode={field.kind === "text" ? undefined : "numeric"}
          placeholder={inherited}
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
