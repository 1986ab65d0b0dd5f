const holders = new Set<symbol>();

/** Marks the page as holding input that a reload would lose; returns how to take the mark back. */
export function holdUnsavedInput(): () => void {
  const holder = Symbol("unsaved input");
  holders.add(holder);
  return () => {
    holders.delete(holder);
  };
}

export function hasUnsavedInput(): boolean {
  return holders.size > 0;
}
