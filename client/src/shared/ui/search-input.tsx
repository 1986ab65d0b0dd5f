import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";

import { useOwnText } from "@/shared/ui/use-own-text";

interface SearchInputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** The search of a page; `/` goes to it. */
export function SearchInput({ label, value, onChange }: SearchInputProps) {
  const { text, type } = useOwnText(value, onChange);
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
        text === "" ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => type("")} />
      }
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          type("");
        }
      }}
    />
  );
}
