import { useCallbackRef } from "@mantine/hooks";
import { useEffect, useState } from "react";

import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import type { SavedForm } from "@/features/forms/builder/hooks/use-save";
import { useSave } from "@/features/forms/builder/hooks/use-save";
import { useSaveKey } from "@/features/forms/builder/hooks/use-save-key";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import type { Problems } from "@/features/forms/builder/model/problems";
import { firstWrong } from "@/features/forms/builder/model/problems";
import type { ServerError } from "@/features/forms/builder/model/server-errors";
import { readServerErrors, withServerErrors } from "@/features/forms/builder/model/server-errors";
import { notifyDone } from "@/shared/ui/notify";

interface BuilderSaveOptions {
  organizationId: string;
  initial: SavedForm | null;
  select: Builder["select"];
  /** The draft with all that was typed, also what does not show yet. */
  newestDraft: () => FormDraft;
  check: (draft: FormDraft) => Problems;
  setServerErrors: (errors: ServerError[]) => void;
  /** Once a new form is saved, and nothing of it is unsaved any more. */
  onCreated: (formId: string) => void;
}

/** Saves what is built, by button and by key; what keeps it from being saved is shown and gets the keyboard. */
export function useBuilderSave(options: BuilderSaveOptions) {
  const { organizationId, initial, select, newestDraft, check, setServerErrors, onCreated } = options;
  const [wasTried, setTried] = useState(false);
  const [reveals, setReveals] = useState(0);
  const [createdId, setCreatedId] = useState<string | null>(null);

  const reveal = (all: Problems) => {
    const owner = firstWrong(newestDraft(), all);
    if (owner !== undefined) {
      select(owner);
      setReveals((count) => count + 1);
    }
  };
  const saving = useSave({
    organizationId,
    saved: initial,
    onSaved: ({ id, draft: { name } }) => {
      notifyDone(`“${name}” is saved.`);
      setServerErrors([]);
      setCreatedId(saving.saved === null ? id : null);
    },
    onRefused: (sent, fields) => {
      const errors = readServerErrors(sent, fields);
      setServerErrors(errors);
      reveal(withServerErrors({}, errors, sent));
    },
  });
  const save = useCallbackRef(() => {
    const draft = newestDraft();
    const problems = check(draft);
    setTried(true);
    if (Object.keys(problems).length > 0) {
      reveal(problems);
    } else if (!saving.isSaving) {
      void saving.save(draft);
    }
  });
  useSaveKey(save);

  // Only once the guard against leaving knows that nothing is unsaved any more.
  useEffect(() => {
    if (createdId !== null) {
      onCreated(createdId);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- it leaves once, when the form is there
  }, [createdId]);

  return { saving, save, wasTried, reveals };
}
