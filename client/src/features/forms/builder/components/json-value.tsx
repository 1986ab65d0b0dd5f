import { useState } from "react";

import { TextProperty } from "@/features/forms/builder/components/property";
import type { ValueInputProps } from "@/features/forms/builder/components/value-input-props";

/** Any value, as JSON; what cannot be read yet stays in the input. */
export function JsonValue({ value, onChange, error, ...rest }: Omit<ValueInputProps, "kind">) {
  const saved = value === null ? "" : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState({ text: saved, of: saved });
  const [isWrong, setWrong] = useState(false);
  const change = (text: string | null) => {
    try {
      const read: unknown = text === null ? null : JSON.parse(text);
      setTyped({ text: text ?? "", of: read === null ? "" : JSON.stringify(read, null, 2) });
      setWrong(false);
      onChange(read);
    } catch {
      setTyped({ text: text ?? "", of: saved });
      setWrong(true);
    }
  };
  return (
    <TextProperty
      {...rest}
      lines
      monospace
      error={isWrong ? "Enter JSON." : error}
      value={typed.of === saved ? typed.text : saved}
      onChange={change}
    />
  );
}
