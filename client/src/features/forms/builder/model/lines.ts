import type { DraftField, DraftSection, FormDraft } from "@/features/forms/builder/model/draft";

/** One line of the list: a field, or the heading of a section whose fields follow. */
export type Line =
  | { id: string; kind: "field"; field: DraftField }
  | { id: string; kind: "section"; section: DraftSection };

export function sectionId(name: string): string {
  return `section:${name}`;
}

/** The sections in their order; without a list, those that the fields name. */
export function sectionsOf(draft: FormDraft): DraftSection[] {
  if (draft.sections !== null) {
    return draft.sections;
  }
  const names = new Set(draft.fields.flatMap(({ section }) => (section ? [section] : [])));
  return [...names].map((name) => ({ name, title: "", description: null }));
}

/** Fields and headings in the order they show on the form. */
export function linesOf(draft: FormDraft): Line[] {
  const sections = sectionsOf(draft);
  const known = new Set(sections.map(({ name }) => name));
  const asLine = (field: DraftField): Line => ({ id: field.key, kind: "field", field });
  const loose = draft.fields.filter(({ section }) => section === null || !known.has(section)).map(asLine);
  return [
    ...loose,
    ...sections.flatMap((section): Line[] => [
      { id: sectionId(section.name), kind: "section", section },
      ...draft.fields.filter((field) => field.section === section.name).map(asLine),
    ]),
  ];
}

/** The section that a line at this position is in. */
export function sectionAt(lines: readonly Line[], position: number): string | null {
  for (const line of lines.slice(0, position).reverse()) {
    if (line.kind === "section") {
      return line.section.name;
    }
  }
  return null;
}

/** The fields of lines in their order, so that what shows first also comes first. */
export function fieldsOf(lines: readonly Line[]): DraftField[] {
  return lines.flatMap((line) => (line.kind === "field" ? [line.field] : []));
}
