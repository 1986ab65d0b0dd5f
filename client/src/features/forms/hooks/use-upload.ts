import { useEffect, useRef, useState } from "react";
import { useFormContext } from "react-hook-form";

import { ApiError } from "@/api/api-error";
import { upload } from "@/features/forms/api";
import { useFormScope } from "@/features/forms/hooks/form-scope";
import type { Field } from "@/features/forms/model/fields";
import { fileProblem } from "@/features/forms/model/files";
import type { FieldValue, FormValues } from "@/features/forms/model/values";

function words(error: unknown): string {
  if (!(error instanceof ApiError)) {
    return "The file could not be sent. Choose it again.";
  }
  const said = Object.values(error.fields)[0] ?? error.message;
  return error.isPassing || error.status === 401 ? `The file was not sent: ${said} Choose it again.` : said;
}

/** Sends a field's file at once, and holds its id as the field's value. */
export function useUpload(field: Field, setValue: (value: FieldValue) => void) {
  const { formId, organizationId } = useFormScope();
  const { setError, clearErrors } = useFormContext<FormValues>();
  const [fraction, setFraction] = useState(0);
  const current = useRef<AbortController | null>(null);

  // A field that is hidden meanwhile takes its upload with it.
  useEffect(() => () => current.current?.abort(), []);

  const refuse = (message: string) => {
    setValue("");
    setError(field.name, { type: "upload", message });
  };

  const send = async (file: File) => {
    current.current?.abort();
    const problem = fileProblem(field, file);
    if (problem !== null) {
      refuse(problem);
      return;
    }
    if (formId === null) {
      refuse("Files are sent with a saved form only. Create a form for this workflow first.");
      return;
    }
    const controller = new AbortController();
    current.current = controller;
    setFraction(0);
    clearErrors(field.name);
    setValue({ state: "uploading", name: file.name });
    try {
      const { signal } = controller;
      const request = { organizationId, formId, fieldName: field.name, file, signal, onProgress: setFraction };
      const { fileId, name, sizeBytes } = await upload(request);
      setValue({ state: "uploaded", fileId, name, sizeBytes });
      clearErrors(field.name);
    } catch (error) {
      if (!controller.signal.aborted) {
        refuse(words(error));
      } else if (current.current === controller) {
        setValue("");
      }
    }
  };

  return {
    fraction,
    send,
    cancel: () => {
      current.current?.abort();
    },
    remove: () => {
      setValue("");
    },
  };
}
