import { useCallbackRef } from "@mantine/hooks";
import { useEffect, useMemo, useReducer, useState } from "react";

import type { Catalog } from "@/api/generated/workflow-engine/types.gen";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import { freshKey } from "@/features/forms/builder/model/draft";
import type { Edit } from "@/features/forms/builder/model/edits";
import { applyEdit } from "@/features/forms/builder/model/edits";
import { reduce, startState } from "@/features/forms/builder/model/history";
import { linesOf, sectionId, sectionsOf } from "@/features/forms/builder/model/lines";
import { findProblems, formOwner, KnownNames } from "@/features/forms/builder/model/problems";
import type { ServerError } from "@/features/forms/builder/model/server-errors";
import { withServerErrors } from "@/features/forms/builder/model/server-errors";

/** Undo and redo by keys, everywhere but in the preview and in dialogs, whose inputs have their own. */
function useUndoKeys(undo: () => void, redo: () => void) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isElsewhere =
        event.target instanceof Element && event.target.closest("[data-own-undo], [role='dialog']") !== null;
      const key = event.key.toLowerCase();
      if (isElsewhere || event.altKey || !(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) {
        return;
      }
      event.preventDefault();
      if (key === "y" || event.shiftKey) {
        redo();
      } else {
        undo();
      }
    };
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
    };
  }, [undo, redo]);
}

/** The state of a form while it is built: draft, steps back and forth, what is selected, what is wrong. */
export function useBuilder(start: FormDraft, catalog: Catalog) {
  const [state, dispatch] = useReducer(reduce, start, startState);
  const [selected, select] = useState(formOwner);
  const [added, setAdded] = useState<string | null>(null);
  const [serverErrors, setServerErrors] = useState<readonly ServerError[]>([]);
  const { draft } = state;
  const { undo, redo } = useMemo(
    () => ({ undo: () => dispatch({ type: "undo" }), redo: () => dispatch({ type: "redo" }) }),
    [],
  );
  useUndoKeys(undo, redo);

  const problems = useMemo(() => {
    // Before the engine has published anything, names cannot be checked.
    const known = (catalog.workflows ?? []).length === 0 ? null : new KnownNames(catalog);
    return withServerErrors(findProblems(draft, known), serverErrors, draft);
  }, [draft, catalog, serverErrors]);

  // Both stay the same functions, so that typing in one field renders no other.
  const edit = useCallbackRef((wanted: Edit) => {
    const isDone = "draft" in applyEdit(draft, wanted);
    dispatch({ type: "edit", edit: wanted });
    if (isDone && (wanted.type === "addField" || wanted.type === "copyField")) {
      const key = freshKey(draft.fields);
      select(key);
      setAdded(key);
    }
    if (isDone && wanted.type === "addSection") {
      const after = applyEdit(draft, wanted);
      const last = "draft" in after ? sectionsOf(after.draft).at(-1) : undefined;
      select(last === undefined ? formOwner : sectionId(last.name));
    }
  });
  const show = useCallbackRef((id: string) => {
    setAdded(null);
    select(id);
  });

  const isThere = selected === formOwner || linesOf(draft).some(({ id }) => id === selected);
  const builder: Omit<Builder, "problems"> = {
    draft,
    catalog,
    edit,
    selected: isThere ? selected : formOwner,
    select: show,
    added,
  };
  return {
    builder,
    problems,
    refusal: state.refusal,
    undoable: state.past.at(-1)?.done ?? null,
    redoable: state.future.at(-1)?.done ?? null,
    undo,
    redo,
    settle: () => dispatch({ type: "settle" }),
    setServerErrors,
  };
}
