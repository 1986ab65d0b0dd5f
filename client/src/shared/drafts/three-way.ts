/** How a draft's fields are called and read; two values that read the same are the same. */
export interface DraftWords<T> {
  names: Record<keyof T, string>;
  text: (draft: T, field: keyof T) => string;
}

/** What somebody else changed meanwhile, beside what stands in the form. */
export interface Difference {
  label: string;
  /** Empty where there is none. */
  theirs: string;
  yours: string;
}

function fieldsOf<T>({ names }: DraftWords<T>): (keyof T)[] {
  return Object.keys(names) as (keyof T)[];
}

/** The fields in which two drafts differ. */
export function changedFields<T>(words: DraftWords<T>, before: T, after: T): Set<keyof T> {
  return new Set(fieldsOf(words).filter((field) => words.text(before, field) !== words.text(after, field)));
}

/** Their changes since `before` that the form does not have. */
export function conflictsOf<T>(words: DraftWords<T>, before: T, theirs: T, yours: T): Difference[] {
  const open = changedFields(words, theirs, yours);
  return [...changedFields(words, before, theirs)]
    .filter((field) => open.has(field))
    .map((field) => ({
      label: words.names[field],
      theirs: words.text(theirs, field),
      yours: words.text(yours, field),
    }));
}

/** Takes their changes over where the form was left as it was; what was typed stays. */
export function rebased<T extends object>(words: DraftWords<T>, before: T, theirs: T, yours: T): T {
  const result = { ...theirs };
  for (const field of changedFields(words, before, yours)) {
    result[field] = yours[field];
  }
  return result;
}
