import { replaceEqualDeep } from "@tanstack/react-query";
import { useState } from "react";

/** The same object for as long as it has the same in it: another one would make what takes it render. */
export function useSame<T>(value: T): T {
  const [kept, keep] = useState(value);
  const same = replaceEqualDeep(kept, value);
  if (same !== kept) {
    keep(same);
  }
  return same;
}
