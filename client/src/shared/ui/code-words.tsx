import { Code } from "@mantine/core";

/** A sentence from an author's file: what stands between backticks is a name in code. */
export function CodeWords({ text = "" }: { text?: string }) {
  // Every second part stood between two of them.
  return text.split("`").map((part, index) => (index % 2 === 1 ? <Code key={`${index}${part}`}>{part}</Code> : part));
}
