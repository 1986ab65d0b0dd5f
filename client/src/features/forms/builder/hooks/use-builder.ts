import { useCallbackRef } from "@mantine/hooks";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Catalog } from "@/api/generated/workflow-engine/types.gen";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import { freshKey } from "@/features/forms/builder/model/draft";
import type { Edit } from "@/features/forms/builder/model/edits";
import { applyEdit } from "@/features/forms/builder/model/edits";
import type { BuilderAction } from "@/features/forms/builder/model/history";
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

/**
 * The state of the draft as the page shows it, and as it is.
 *
 * What is typed may show later than it is there (`useTyping`): what is done next is always done to the newest.
 */
function useDraftState(start: FormDraft) {
  const [state, show] = useState(() => startState(start));
  const newest = useRef(state);
  const actions = useMemo(() => {
    const dispatch = (action: BuilderAction) => {
      newest.current = reduce(newest.current, action);
      show(newest.current);
    };
    return {
      dispatch,
      undo: () => dispatch({ type: "undo" }),
      redo: () => dispatch({ type: "redo" }),
      settle: () => dispatch({ type: "settle" }),
      newestDraft: () => newest.current.draft,
    };
  }, []);
  return { state, ...actions };
}

/** The state of a form while it is built: draft, steps back and forth, what is selected, what is wrong. */
export function useBuilder(start: FormDraft, catalog: Catalog) {
  const { state, dispatch, undo, redo, settle, newestDraft } = useDraftState(start);
  const [selected, select] = useState(formOwner);
  const [added, setAdded] = useState<string | null>(null);
  const [serverErrors, setServerErrors] = useState<readonly ServerError[]>([]);
  const { draft } = state;
  useUndoKeys(undo, redo);

  // Before the engine has published anything, names cannot be checked.
  const known = useMemo(() => ((catalog.workflows ?? []).length === 0 ? null : new KnownNames(catalog)), [catalog]);
  const check = useCallback(
    (one: FormDraft) => withServerErrors(findProblems(one, known), serverErrors, one),
    [known, serverErrors],
  );
  const problems = useMemo(() => check(draft), [check, draft]);

  // Both stay the same functions, so that typing in one field renders no other.
  const edit = useCallbackRef((wanted: Edit) => {
    const before = newestDraft();
    const edited = applyEdit(before, wanted);
    dispatch({ type: "edit", edit: wanted });
    if ("refusal" in edited) {
      return;
    }
    if (wanted.type === "addField" || wanted.type === "copyField") {
      const key = freshKey(before.fields);
      select(key);
      setAdded(key);
    }
    if (wanted.type === "addSection") {
      const last = sectionsOf(edited.draft).at(-1);
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
    settle,
    newestDraft,
    check,
    setServerErrors,
  };
}
