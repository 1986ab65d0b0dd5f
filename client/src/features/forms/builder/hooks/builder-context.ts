import { createContext, useContext } from "react";

import type { Catalog } from "@/api/generated/workflow-engine/types.gen";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import type { Edit } from "@/features/forms/builder/model/edits";
import type { Messages, Problems } from "@/features/forms/builder/model/problems";

export interface Builder {
  draft: FormDraft;
  catalog: Catalog;
  edit: (edit: Edit) => void;
  /** What the properties show: `form`, a field's key, or a section's line id. */
  selected: string;
  select: (id: string) => void;
  /** The field that was just added; the keyboard goes to its label. */
  added: string | null;
  problems: Problems;
}

export const BuilderContext = createContext<Builder | null>(null);

/** The form that is being built, and how to change it. */
export function useBuilderContext(): Builder {
  const builder = useContext(BuilderContext);
  if (builder === null) {
    throw new Error("useBuilderContext needs a BuilderContext above it.");
  }
  return builder;
}

const none: Messages = {};

/** What is wrong with a field, a section or the form, by property. */
export function useMessages(owner: string): Messages {
  return useBuilderContext().problems[owner] ?? none;
}
