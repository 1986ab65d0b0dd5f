import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";

interface SearchInputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** The search of a page; `/` goes to it. */
export function SearchInput({ label, value, onChange }: SearchInputProps) {
  return (
    <TextInput
      type="text"
      role="searchbox"
      aria-label={label}
      placeholder={`${label} ( / )`}
      w={320}
      maw="100%"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        value === "" ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => onChange("")} />
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          onChange("");
        }
      }}
    />
  );
}
