import { Textarea, TextInput } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { memo, useState } from "react";

import { useTyping } from "@/shared/ui/use-typing";

interface PropertyProps {
  id?: string;
  label?: string;
  /** For inputs without a label of their own in sight. */
  "aria-label"?: string;
  description?: string;
  placeholder?: string;
  required?: boolean;
  maxLength?: number;
  error?: string;
}

interface TextPropertyProps extends PropertyProps {
  value: string | null;
  /** Empty is none. */
  onChange: (value: string | null) => void;
  lines?: boolean;
  monospace?: boolean;
  /** Takes the keyboard as it appears, with its text selected. */
  startsFocused?: boolean;
}

// Of many properties only those render that change.
const StillInput = memo(TextInput);
const StillTextarea = memo(Textarea);

function takeText(event: { currentTarget: { select: () => void } }) {
  event.currentTarget.select();
}

/** A property that is text; emptied, it is none. */
export function TextProperty({
  value,
  onChange,
  lines = false,
  monospace = false,
  startsFocused = false,
  ...rest
}: TextPropertyProps) {
  const { text, type } = useTyping(value ?? "", (typed) => onChange(typed || null));
  const change = useCallbackRef((event: { currentTarget: { value: string } }) => type(event.currentTarget.value));
  const props = {
    ...rest,
    autoFocus: startsFocused,
    onFocus: startsFocused ? takeText : undefined,
    autoComplete: "off",
    spellCheck: !monospace,
    ff: monospace ? "monospace" : undefined,
    value: text,
    onChange: change,
  };
  return lines ? <StillTextarea {...props} autosize minRows={2} maxRows={10} /> : <StillInput {...props} />;
}

interface NumberPropertyProps extends PropertyProps {
  value: number | null;
  onChange: (value: number | null) => void;
  isWhole?: boolean;
}

function readNumber(text: string, isWhole: boolean): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "") {
    return null;
  }
  const pattern = isWhole ? /^\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  return pattern.test(trimmed) ? Number(trimmed) : undefined;
}

/** A property that is a number. What is no number yet, such as a lone minus, stays in the input. */
export function NumberProperty({ value, onChange, isWhole = false, error, ...rest }: NumberPropertyProps) {
  const [typed, setTyped] = useState("");
  const isUnread = typed !== "" && readNumber(typed, isWhole) === undefined;
  // An undo changes the value under what was typed.
  const shown = isUnread || readNumber(typed, isWhole) === value ? typed : value === null ? "" : String(value);
  const wrong = isWhole ? "Enter a whole number." : "Enter a number.";
  const { text, type } = useTyping(shown, (given) => {
    setTyped(given);
    const read = readNumber(given, isWhole);
    if (read !== undefined) {
      onChange(read);
    }
  });
  const change = useCallbackRef((event: { currentTarget: { value: string } }) => type(event.currentTarget.value));
  return (
    <StillInput
      {...rest}
      inputMode="decimal"
      autoComplete="off"
      error={isUnread ? wrong : error}
      value={text}
      onChange={change}
    />
  );
}
