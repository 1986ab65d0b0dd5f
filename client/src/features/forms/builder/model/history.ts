import type { FormDraft } from "@/features/forms/builder/model/draft";
import type { Edit } from "@/features/forms/builder/model/edits";
import { applyEdit, describeEdit } from "@/features/forms/builder/model/edits";

const mostSteps = 200;

interface Step {
  draft: FormDraft;
  /** What was done to this draft next, in words. */
  done: string;
}

/** A draft with what it was before, and after. */
export interface BuilderState {
  draft: FormDraft;
  past: readonly Step[];
  future: readonly Step[];
  /** Names what is being typed; more of the same is one step. */
  typing: string | null;
  /** Why the last edit was not done. */
  refusal: string | null;
}

export type BuilderAction =
  | { type: "edit"; edit: Edit }
  /** What was being typed is finished: more of the same is another step. */
  | { type: "settle" }
  | { type: "undo" }
  | { type: "redo" };

export function startState(draft: FormDraft): BuilderState {
  return { draft, past: [], future: [], typing: null, refusal: null };
}

/** What an edit types at; null for what is a step of its own. */
function typingAt(edit: Edit): string | null {
  switch (edit.type) {
    case "changeForm":
      return `form:${Object.keys(edit.change).join()}`;
    case "changeField":
      return `${edit.key}:${Object.keys(edit.change).join()}`;
    case "changeSection":
      return `section:${edit.name}:${Object.keys(edit.change).join()}`;
    default:
      return null;
  }
}

function afterEdit(state: BuilderState, edit: Edit): BuilderState {
  const edited = applyEdit(state.draft, edit);
  if ("refusal" in edited) {
    return { ...state, typing: null, refusal: edited.refusal };
  }
  if (edited.draft === state.draft) {
    return { ...state, refusal: null };
  }
  const typing = typingAt(edit);
  const step = { draft: state.draft, done: describeEdit(state.draft, edit) };
  const isMore = typing !== null && typing === state.typing;
  const past = isMore ? state.past : [...state.past, step].slice(-mostSteps);
  return { draft: edited.draft, past, future: [], typing, refusal: null };
}

/** Goes one step back or forth. */
function go(state: BuilderState, from: "past" | "future"): BuilderState {
  const step = state[from].at(-1);
  if (step === undefined) {
    return state;
  }
  const to = from === "past" ? "future" : "past";
  const moved = { [from]: state[from].slice(0, -1), [to]: [...state[to], { draft: state.draft, done: step.done }] };
  return { ...state, ...moved, draft: step.draft, typing: null, refusal: null };
}

/** The builder's state after an action; a pure function, so that every state can be gone back to. */
export function reduce(state: BuilderState, action: BuilderAction): BuilderState {
  switch (action.type) {
    case "edit":
      return afterEdit(state, action.edit);
    case "settle":
      return state.typing === null ? state : { ...state, typing: null };
    case "undo":
      return go(state, "past");
    case "redo":
      return go(state, "future");
  }
}
