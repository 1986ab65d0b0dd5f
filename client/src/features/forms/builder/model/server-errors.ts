import type { DraftField, DraftSection, FormDraft } from "@/features/forms/builder/model/draft";
import { sectionId } from "@/features/forms/builder/model/lines";
import type { Messages, Problems } from "@/features/forms/builder/model/problems";
import { formOwner } from "@/features/forms/builder/model/problems";

/** A message of the server, and what it was said about: once that is changed, it no longer counts. */
export interface ServerError {
  owner: string;
  property: string;
  message: string;
  about: unknown;
}

function current(draft: FormDraft, owner: string): DraftField | DraftSection | FormDraft | undefined {
  if (owner === formOwner) {
    return draft;
  }
  return (
    draft.fields.find(({ key }) => key === owner) ?? draft.sections?.find(({ name }) => sectionId(name) === owner)
  );
}

/** What a message is about: a field or section as a whole, or one property of the form. */
function aboutOf(draft: FormDraft, owner: string, property: string): unknown {
  return owner === formOwner ? { ...draft }[property as keyof FormDraft] : current(draft, owner);
}

/** `formSchema.fields[2].options[0].label` or `formSchema.fields.2.label` in its parts. */
function locate(draft: FormDraft, place: string): { owner: string; property: string } {
  const found = /^formSchema\.(fields|sections)(?:\[(\d+)\]|\.(\d+))\.?(.*)$/.exec(place);
  const position = Number(found?.[2] ?? found?.[3]);
  if (found?.[1] === "fields" && draft.fields[position] !== undefined) {
    return { owner: draft.fields[position].key, property: found[4] ?? "" };
  }
  const section = found?.[1] === "sections" ? draft.sections?.[position] : undefined;
  return section === undefined
    ? { owner: formOwner, property: place.replace(/^formSchema\.?/, "") || "fields" }
    : { owner: sectionId(section.name), property: found?.[4] ?? "" };
}

/** The server's messages at what they name, for the draft that was sent. */
export function readServerErrors(draft: FormDraft, fields: Readonly<Record<string, string>>): ServerError[] {
  return Object.entries(fields).map(([place, message]) => {
    const { owner, property } = locate(draft, place);
    return { owner, property, message, about: aboutOf(draft, owner, property) };
  });
}

/** Problems together with what the server said about what has not changed since. */
export function withServerErrors(problems: Problems, errors: readonly ServerError[], draft: FormDraft): Problems {
  const all: Record<string, Messages> = { ...problems };
  for (const { owner, property, message, about } of errors) {
    if (aboutOf(draft, owner, property) === about) {
      all[owner] = { [property]: message, ...all[owner] };
    }
  }
  return all;
}
