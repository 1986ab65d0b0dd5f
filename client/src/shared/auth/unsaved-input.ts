import { useEffect, useSyncExternalStore } from "react";

const holders = new Set<symbol>();
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) {
    listener();
  }
}

/** Marks the page as holding input that a reload would lose; returns how to take the mark back. */
export function holdUnsavedInput(): () => void {
  const holder = Symbol("unsaved input");
  holders.add(holder);
  tell();
  return () => {
    holders.delete(holder);
    tell();
  };
}

export function hasUnsavedInput(): boolean {
  return holders.size > 0;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useHasUnsavedInput(): boolean {
  return useSyncExternalStore(subscribe, hasUnsavedInput);
}

/** Keeps the page where it is while something typed is on it. */
export function useHeldInput(isHeld: boolean): void {
  useEffect(() => (isHeld ? holdUnsavedInput() : undefined), [isHeld]);
}
