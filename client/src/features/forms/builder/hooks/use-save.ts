import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError } from "@/api/api-error";
import type { Versioned } from "@/api/answers";
import type { FormRead } from "@/api/generated/management-api/types.gen";
import { createFormMutation, theirFormMutation, updateFormMutation } from "@/features/forms/builder/api";
import { isSameForm, toDraft, toWrite } from "@/features/forms/builder/model/convert";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import { emptyDraft } from "@/features/forms/builder/model/draft";
import { SubmitAttempt } from "@/features/forms/model/submit-attempt";

export interface SavedForm {
  id: string;
  etag: string | null;
  draft: FormDraft;
}

export function savedForm({ value, etag }: Versioned<FormRead>): SavedForm {
  return { id: value.id, etag, draft: toDraft(value) };
}

interface SaveOptions {
  organizationId: string;
  /** What is saved already; null while the form is new. */
  saved: SavedForm | null;
  onSaved: (saved: SavedForm) => void;
  onRefused: (sent: FormDraft, fields: Record<string, string>) => void;
}

/** Saves a draft, once; when somebody else saved meanwhile, fetches theirs to compare. */
export function useSave({ organizationId, saved: initial, onSaved, onRefused }: SaveOptions) {
  const queryClient = useQueryClient();
  const [saved, setSaved] = useState(initial);
  const [theirs, setTheirs] = useState<SavedForm | null>(null);
  const [attempt] = useState(() => new SubmitAttempt());
  const create = useMutation(createFormMutation(queryClient, organizationId));
  const update = useMutation(updateFormMutation(queryClient, organizationId));
  const compare = useMutation(theirFormMutation(organizationId));

  const send = async (draft: FormDraft, etag: string | null): Promise<SavedForm> => {
    const body = toWrite(draft);
    const answer =
      saved === null
        ? await create.mutateAsync({ body, idempotencyKey: attempt.keyFor({ ...body }) })
        : await update.mutateAsync({ formId: saved.id, body, etag });
    return { ...savedForm(answer), draft };
  };

  const save = async (draft: FormDraft, etag = saved?.etag ?? null) => {
    try {
      const done = await send(draft, etag);
      setSaved(done);
      setTheirs(null);
      onSaved(done);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      attempt.failed(error);
      if (error.status === 412 && saved !== null) {
        // Why it cannot be compared shows with the other errors.
        const found = await compare.mutateAsync({ formId: saved.id }).catch(() => null);
        setTheirs(found && savedForm(found));
      } else {
        onRefused(draft, error.fields);
      }
    }
  };

  const mutation = saved === null ? create : update;
  const isConflict = mutation.error instanceof ApiError && mutation.error.status === 412;
  return {
    saved,
    theirs,
    isSaving: create.isPending || update.isPending || compare.isPending,
    error: isConflict ? compare.error : mutation.error,
    isChanged: (draft: FormDraft) => !isSameForm(draft, saved?.draft ?? emptyDraft),
    save,
    /** Goes on from their version: the next save replaces it. */
    acceptTheirs: () => {
      setSaved(theirs);
      setTheirs(null);
      mutation.reset();
    },
    closeComparison: () => setTheirs(null),
  };
}
