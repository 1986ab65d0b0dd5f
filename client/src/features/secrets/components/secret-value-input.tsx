import { Checkbox, PasswordInput, Stack, Textarea } from "@mantine/core";
import type { ClipboardEvent } from "react";
import { useState } from "react";
import monospace from "@/shared/ui/monospace.module.css";

interface SecretValueInputProps {
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** Takes a secret's value, hidden unless it is shown on purpose; keys of several lines keep their lines. */
export function SecretValueInput({ value, error, onChange }: SecretValueInputProps) {
  const [hasLines, setHasLines] = useState(false);

  // A field of one line would join the lines of a pasted key, and nobody would see it.
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text");
    if (text.trimEnd().includes("\n")) {
      event.preventDefault();
      setHasLines(true);
      onChange(text);
    }
  };
  const shared = { label: "Value", required: true, value, error, autoComplete: "off", spellCheck: false } as const;

  return (
    <Stack gap={6}>
      {hasLines ? (
        <Textarea
          {...shared}
          autosize
          minRows={4}
          maxRows={12}
          classNames={{ input: monospace.input }}
          description="Shown while you type; lines are kept as they are."
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <PasswordInput
          {...shared}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ "aria-label": "Show the value", tabIndex: 0 }}
          onPaste={paste}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      <Checkbox
        label="It has several lines, such as a private key"
        checked={hasLines}
        onChange={(event) => setHasLines(event.currentTarget.checked)}
      />
    </Stack>
  );
}
