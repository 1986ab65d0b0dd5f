import { useCallbackRef } from "@mantine/hooks";
import { useState, useTransition } from "react";

/**
 * Text that shows as it is typed: what follows from it comes behind, and gives way to the next key.
 *
 * Args:
 *   value: What the page has; shown once it has caught up, so that an undo or a refusal shows too.
 */
export function useTyping(value: string, onChange: (text: string) => void) {
  const [typed, setTyped] = useState(value);
  const [isBehind, follow] = useTransition();
  const type = useCallbackRef((text: string) => {
    setTyped(text);
    follow(() => onChange(text));
  });
  return { text: isBehind ? typed : value, type };
}
