import { useSyncExternalStore } from "react";

let isEnded = false;
const listeners = new Set<() => void>();

/** Notes whether only the person can get a new token, which pages tell as soon as it is so. */
export function noteSignIn(state: "ended" | "valid"): void {
  if (isEnded !== (state === "ended")) {
    isEnded = !isEnded;
    for (const listener of listeners) {
      listener();
    }
  }
}

/** Whether the sign-in ended while the page held input. */
export function useSignInEnded(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => isEnded,
  );
}
