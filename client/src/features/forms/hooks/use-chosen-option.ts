import { useEffect } from "react";
import { useFormContext } from "react-hook-form";

import type { FieldOptions } from "@/features/forms/hooks/use-field-options";
import type { Field } from "@/features/forms/model/fields";
import type { FieldValue, FormValues } from "@/features/forms/model/values";

/**
 * Takes back a choice that the options no longer have, and says so at the field.
 *
 * An effect, because options change by themselves: when another field changes, or
 * when a form is prefilled from a run whose choices have gone since.
 */
export function useChosenOption(field: Field, state: FieldOptions, value: FieldValue | undefined): void {
  const { setValue, setError } = useFormContext<FormValues>();
  const { name } = field;
  // Of a list that is here in part nobody can say what it does not have.
  const options = state.status === "ready" && state.total === null ? state.options : null;
  const chosen = Array.isArray(value) ? value : typeof value === "string" && value !== "" ? [value] : [];
  const kept = chosen.filter((key) => options === null || options.some((option) => option.value === key));
  const lost = kept.length < chosen.length ? JSON.stringify(kept) : null;

  useEffect(() => {
    if (lost !== null) {
      setValue(name, field.type === "multiselect" ? (JSON.parse(lost) as string[]) : "");
      setError(name, { type: "lost", message: "The earlier choice is no longer available. Choose again." });
    }
  }, [lost, name, field.type, setValue, setError]);
}
