import { Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

/** The names of secrets that resolve here; null for those who may not see the list. */
export type SecretNames = readonly string[] | null;

interface SecretNameInputProps {
  label: string;
  description?: ReactNode;
  placeholder?: string;
  required?: boolean;
  disabled?: boolean;
  names: SecretNames;
  value: string;
  error?: ReactNode;
  onChange: (name: string) => void;
}

/** Which secret is meant: chosen by name where the names may be seen, else typed. Never a value. */
export function SecretNameInput({ names, value, onChange, description, ...rest }: SecretNameInputProps) {
  if (names === null) {
    return (
      <TextInput
        {...rest}
        description={description ?? "The name of a secret, never its value. Admins see the list; ask one for the name."}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  const isMissing = value !== "" && !names.includes(value);
  return (
    <Select
      {...rest}
      description={description ?? "The name of a secret, never its value."}
      searchable
      clearable
      data={[
        ...(isMissing ? [{ value, label: `${value} (not set)` }] : []),
        ...names.map((name) => ({ value: name, label: name })),
      ]}
      nothingFoundMessage="No such secret: set it under Secrets first"
      value={value === "" ? null : value}
      onChange={(name) => onChange(name ?? "")}
    />
  );
}
