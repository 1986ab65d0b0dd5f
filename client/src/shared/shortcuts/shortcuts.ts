import { useEffect, useRef, useSyncExternalStore } from "react";

const storageKey = "shortcuts.off";
const listeners = new Set<() => void>();

function isOff(): boolean {
  try {
    return localStorage.getItem(storageKey) === "1";
  } catch {
    return false;
  }
}

/** Single keys can be switched off, for people whose tools send keys of their own (WCAG 2.1.4). */
export function setShortcutsEnabled(enabled: boolean): void {
  try {
    localStorage.setItem(storageKey, enabled ? "0" : "1");
  } catch {
    return;
  }
  for (const listener of listeners) {
    listener();
  }
}

export function useShortcutsEnabled(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => !isOff(),
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role='dialog'], [role='listbox']") !== null)
  );
}

/** Runs `action` when the key is pressed outside of inputs and dialogs; `g f` is two keys one after the other. */
export function useShortcut(keys: string, action: () => void): void {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  useEffect(() => {
    const [first, second] = keys.split(" ");
    let firstAt = 0;
    const listen = (event: KeyboardEvent) => {
      if (
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isOff() ||
        isTyping(event.target)
      ) {
        return;
      }
      const isSecond = second !== undefined && event.key === second && Date.now() - firstAt < 1500;
      if (isSecond || (second === undefined && event.key === first)) {
        event.preventDefault();
        latest.current();
      }
      firstAt = second !== undefined && event.key === first ? Date.now() : 0;
    };
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
    };
  }, [keys]);
}
