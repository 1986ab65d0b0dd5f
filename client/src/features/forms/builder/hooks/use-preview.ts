import { replaceEqualDeep, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useForm } from "react-hook-form";

import { toWrite } from "@/features/forms/builder/model/convert";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import { patternsQuery } from "@/features/forms/api";
import { makeResolver } from "@/features/forms/hooks/use-run-form";
import type { Field, FormDefinition } from "@/features/forms/model/fields";
import { toFormDefinition } from "@/features/forms/model/from-api";
import { noPatterns } from "@/features/forms/model/patterns";
import { FormValidator } from "@/features/forms/model/schema";
import type { FieldValue, FormValues } from "@/features/forms/model/values";
import { initialValues } from "@/features/forms/model/values";

/** The draft as people will see it; a field whose name is still being typed is left out. */
export function previewOf(draft: FormDraft): FormDefinition {
  const { isGlobal, runInBackground } = draft;
  const form = toFormDefinition({ ...toWrite(draft), id: "preview", isGlobal, isActive: true, runInBackground });
  const names = form.fields.map(({ name }) => name);
  return {
    ...form,
    fields: form.fields.filter(({ name }, position) => /^\w+$/.test(name) && names.indexOf(name) === position),
  };
}

/** The preview of a draft as it changes: the fields that stay as they are stay the same objects, and do not render. */
export class Previews {
  private last: FormDefinition | undefined;

  of(draft: FormDraft): FormDefinition {
    this.last = replaceEqualDeep(this.last, previewOf(draft));
    return this.last;
  }
}

/** What makes the inputs other ones: another field, type, or default. */
export function inputsKey(form: FormDefinition): string {
  return JSON.stringify(form.fields.map(({ name, type, defaultValue }) => [name, type, defaultValue]));
}

/** What was tried out in the preview, kept while the form around it changes. */
export class TriedValues {
  private readonly values = new Map<string, FieldValue>();

  keep(fields: readonly Field[], values: FormValues): void {
    for (const field of fields) {
      const value = values[field.name];
      if (value !== undefined) {
        this.values.set(inputKey(field), value);
      }
    }
  }

  over(fields: readonly Field[], values: FormValues): FormValues {
    const tried = fields.flatMap((field) => {
      const value = this.values.get(inputKey(field));
      return value === undefined ? [] : [[field.name, value] as const];
    });
    return { ...values, ...Object.fromEntries(tried) };
  }
}

function inputKey({ name, type, defaultValue }: Field): string {
  return JSON.stringify([name, type, defaultValue]);
}

/** The state of a form that is tried out and never sent. */
export function usePreview(form: FormDefinition, tried: TriedValues) {
  const hasPatterns = form.fields.some((field) => typeof field.rules.pattern === "string");
  const { data: patterns = noPatterns } = useQuery({ ...patternsQuery, enabled: hasPatterns });
  const validator = useMemo(() => new FormValidator(form.fields, patterns), [form.fields, patterns]);
  const methods = useForm<FormValues>({
    mode: "onTouched",
    shouldFocusError: false,
    defaultValues: tried.over(form.fields, initialValues(form.fields)),
    resolver: makeResolver(form, validator),
  });
  // Values change from inside the fields, and the form around them is made anew when a field is added.
  useEffect(
    () =>
      methods.subscribe({
        formState: { values: true },
        callback: ({ values }) => {
          tried.keep(form.fields, values);
        },
      }),
    [methods, form.fields, tried],
  );
  return methods;
}
