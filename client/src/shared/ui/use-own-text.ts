import { useEffect, useState } from "react";

interface Ahead {
  text: string;
  /** What the address had when typing began, and what it was told since: it has one of them until it has followed. */
  passed: readonly string[];
}

/**
 * Text of an input whose value lives in the address, which takes a moment to follow: keys come faster than that, and
 * none of them may be lost.
 *
 * Args:
 *   value: What the address has; shown where it is none of what was typed here, such as after “Clear filters”.
 *   onChange: Puts it there.
 */
export function useOwnText(value: string, onChange: (text: string) => void) {
  const [ahead, setAhead] = useState<Ahead | null>(null);
  const isAhead = ahead?.passed.includes(value) ?? false;

  // Not while rendering: the router's renders give way to keys, and what they had set would stay.
  useEffect(() => {
    if (ahead !== null && (value === ahead.text || !ahead.passed.includes(value))) {
      // eslint-disable-next-line react-hooks/set-state-in-effect -- not while rendering, see above
      setAhead((now) => (now === ahead ? null : now));
    }
  }, [ahead, value]);

  const type = (text: string) => {
    setAhead((now) => ({ text, passed: [...(now?.passed ?? [value]), text] }));
    onChange(text);
  };
  return { text: ahead !== null && isAhead ? ahead.text : value, type };
}
