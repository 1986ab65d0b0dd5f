import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Resolver } from "react-hook-form";
import { useForm } from "react-hook-form";

import { ApiError } from "@/api/api-error";
import { patternsQuery } from "@/features/forms/api";
import { focusField } from "@/features/forms/hooks/use-field";
import type { FormRun } from "@/features/forms/hooks/use-form-run";
import type { RunnableForm } from "@/features/forms/model/fields";
import { noPatterns } from "@/features/forms/model/patterns";
import { FormValidator } from "@/features/forms/model/schema";
import type { FormValues } from "@/features/forms/model/values";
import { initialValues, toParameters } from "@/features/forms/model/values";
import { visibleFields } from "@/features/forms/model/visibility";

/** Checks with our rules what the person may see; what is hidden is neither checked nor sent. */
export function makeResolver(form: RunnableForm, validator: FormValidator): Resolver<FormValues> {
  return (values, _context, options) => {
    const names = options.names === undefined ? null : new Set<string>(options.names);
    const shown = visibleFields(form.fields, values);
    const errors = validator.errors(names === null ? shown : shown.filter((field) => names.has(field.name)), values);
    return Object.keys(errors).length === 0
      ? { values, errors: {} }
      : {
          values: {},
          errors: Object.fromEntries(
            Object.entries(errors).map(([name, message]) => [name, { type: "rule", message }]),
          ),
        };
  };
}

/** The state of a form while it is filled in and run. */
export function useRunForm(form: RunnableForm, run: FormRun, prefill: Record<string, unknown> | undefined) {
  const hasPatterns = form.fields.some((field) => typeof field.rules.pattern === "string");
  const { data: patterns = noPatterns } = useQuery({ ...patternsQuery, enabled: hasPatterns });
  const validator = useMemo(() => new FormValidator(form.fields, patterns), [form.fields, patterns]);
  const [strayErrors, setStrayErrors] = useState<string[]>([]);
  const [inBackground, setInBackground] = useState(form.runInBackground);
  const methods = useForm<FormValues>({
    mode: "onTouched",
    shouldFocusError: false,
    defaultValues: initialValues(form.fields, prefill),
    resolver: makeResolver(form, validator),
  });
  const { changed } = run;

  // Values change from inside the fields; the form as a whole need not render for each key.
  useEffect(
    () =>
      methods.subscribe({
        formState: { values: true },
        callback: ({ values }) => {
          changed(toParameters(visibleFields(form.fields, values), values));
        },
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `changed` does the same at each render
    [methods, form.fields],
  );

  const focusFirst = (names: readonly string[]) => {
    const first = form.fields.find((field) => names.includes(field.name));
    if (first !== undefined) {
      focusField(first.name);
    }
  };

  const showServerErrors = (error: ApiError) => {
    const shown = new Set(visibleFields(form.fields, methods.getValues()).map((field) => field.name));
    const stray: string[] = [];
    for (const [name, message] of Object.entries(error.fields)) {
      if (shown.has(name)) {
        methods.setError(name, { type: "server", message });
      } else {
        stray.push(`${name}: ${message}`);
      }
    }
    setStrayErrors(stray);
    focusFirst(Object.keys(error.fields));
  };

  const onValid = async (values: FormValues) => {
    setStrayErrors([]);
    try {
      await run.submit(toParameters(visibleFields(form.fields, values), values), inBackground);
    } catch (error) {
      if (error instanceof ApiError) {
        showServerErrors(error);
      }
    }
  };

  return {
    methods,
    strayErrors,
    inBackground,
    setInBackground,
    onSubmit: methods.handleSubmit(onValid, (errors) => {
      focusFirst(Object.keys(errors));
    }),
  };
}
