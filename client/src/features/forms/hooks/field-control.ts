import { createContext, useContext } from "react";
import type { Control } from "react-hook-form";

import type { FormValues } from "@/features/forms/model/values";

/** What fields register with: unlike the form's own context it stays the same, whatever changes in the form. */
export const FieldControlContext = createContext<Control<FormValues> | null>(null);

export function useFieldControl(): Control<FormValues> {
  const control = useContext(FieldControlContext);
  if (control === null) {
    throw new Error("useFieldControl needs a FieldControlContext above it.");
  }
  return control;
}
