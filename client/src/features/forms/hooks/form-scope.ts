import { createContext, useContext } from "react";

import type { Field } from "@/features/forms/model/fields";

export interface FormScope {
  /** None for a form that is not saved. */
  formId: string | null;
  organizationId: string;
  /** At least those that the options of others depend on. */
  fields: readonly Field[];
}

/** Which form, for which organization, the fields below belong to. */
export const FormScopeContext = createContext<FormScope | null>(null);

export function useFormScope(): FormScope {
  const scope = useContext(FormScopeContext);
  if (scope === null) {
    throw new Error("useFormScope needs a FormScopeContext above it.");
  }
  return scope;
}
