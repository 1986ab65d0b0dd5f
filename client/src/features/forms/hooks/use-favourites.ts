import { useMemo, useSyncExternalStore } from "react";

const storageKey = (userId: string) => `favourite-forms.${userId}`;
const listeners = new Set<() => void>();

function read(userId: string): string {
  try {
    return localStorage.getItem(storageKey(userId)) ?? "[]";
  } catch {
    return "[]";
  }
}

function idsIn(text: string): string[] {
  try {
    const ids: unknown = JSON.parse(text);
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Another tab of the same browser.
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export interface Favourites {
  has: (formId: string) => boolean;
  toggle: (formId: string) => void;
  /** The same with the favourites before the others, each in the order they had. */
  first: <T extends { id: string }>(forms: readonly T[]) => T[];
}

/** The forms that a person has starred; kept in this browser, apart for each person who uses it. */
export function useFavourites(userId: string): Favourites {
  const text = useSyncExternalStore(subscribe, () => read(userId));
  return useMemo(() => {
    const ids = new Set(idsIn(text));
    return {
      has: (formId) => ids.has(formId),
      toggle: (formId) => {
        const after = ids.has(formId) ? [...ids].filter((id) => id !== formId) : [...ids, formId];
        try {
          localStorage.setItem(storageKey(userId), JSON.stringify(after));
        } catch {
          // A convenience only: without storage nothing is starred.
        }
        for (const listener of listeners) {
          listener();
        }
      },
      first: (forms) => [...forms.filter(({ id }) => ids.has(id)), ...forms.filter(({ id }) => !ids.has(id))],
    };
  }, [text, userId]);
}
