import { nameOf, toApiField } from "@/features/forms/builder/model/convert";
import type { DraftField, FormDraft } from "@/features/forms/builder/model/draft";
import { called } from "@/features/forms/builder/model/draft";
import { sectionsOf } from "@/features/forms/builder/model/lines";
import type { Difference } from "@/shared/drafts/three-way";

const notThere = "not there";

const headWords = {
  name: "Name",
  description: "Description",
  linkedWorkflow: "Workflow",
  isActive: "Active",
  runInBackground: "Run in the background",
} as const;

const fieldWords: Record<string, string> = {
  name: "name",
  label: "label",
  type: "type",
  required: "required",
  validation: "rules",
  options: "options",
  dataProvider: "data provider",
  dataProviderInputs: "inputs of the data provider",
  defaultValue: "default",
  placeholder: "placeholder",
  helpText: "help text",
  visibleWhen: "when it shows",
  section: "section",
  content: "text",
  accept: "kinds of files",
  maxSizeBytes: "largest size",
};

function said(value: unknown): string {
  if (value === null || value === undefined || value === "") {
    return "none";
  }
  if (typeof value === "boolean") {
    return value ? "yes" : "no";
  }
  if (typeof value === "object" && !Array.isArray(value)) {
    const parts = Object.entries(value).filter(([, part]) => part !== null);
    return parts.map(([name, part]) => `${name}: ${said(part)}`).join(", ");
  }
  if (Array.isArray(value)) {
    return value
      .map((one: unknown) => (typeof one === "object" && one !== null && "label" in one ? String(one.label) : said(one)))
      .join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function fieldDifferences(theirs: DraftField, mine: DraftField, drafts: { theirs: FormDraft; mine: FormDraft }) {
  const left: Record<string, unknown> = { ...toApiField(theirs, drafts.theirs.fields) };
  const right: Record<string, unknown> = { ...toApiField(mine, drafts.mine.fields) };
  return Object.entries(fieldWords).flatMap(([property, word]): Difference[] =>
    JSON.stringify(left[property]) === JSON.stringify(right[property])
      ? []
      : [{ label: `${called(mine)}: ${word}`, theirs: said(left[property]), yours: said(right[property]) }],
  );
}

function orderOf(draft: FormDraft, among: ReadonlySet<string>): string {
  return draft.fields
    .filter(({ name }) => among.has(name))
    .map(({ key }) => nameOf(draft.fields, key))
    .join(", ");
}

/** What two versions of a form differ in: its head, its fields by name, their order, its sections. */
export function differences(theirs: FormDraft, mine: FormDraft): Difference[] {
  const found: Difference[] = [];
  const note = (label: string, left: unknown, right: unknown) => {
    if (JSON.stringify(left) !== JSON.stringify(right)) {
      found.push({ label, theirs: said(left), yours: said(right) });
    }
  };
  for (const [property, word] of Object.entries(headWords)) {
    note(word, theirs[property as keyof typeof headWords], mine[property as keyof typeof headWords]);
  }
  const ours = new Map(mine.fields.map((field) => [field.name, field]));
  const others = new Map(theirs.fields.map((field) => [field.name, field]));
  for (const [name, field] of others) {
    const same = ours.get(name);
    found.push(
      ...(same === undefined
        ? [{ label: `Field ${called(field)}`, theirs: "there", yours: notThere }]
        : fieldDifferences(field, same, { theirs, mine })),
    );
  }
  for (const [name, field] of ours) {
    if (!others.has(name)) {
      found.push({ label: `Field ${called(field)}`, theirs: notThere, yours: "there" });
    }
  }
  const both = new Set([...ours.keys()].filter((name) => others.has(name)));
  note("Order of the fields", orderOf(theirs, both), orderOf(mine, both));
  const sections = (draft: FormDraft) =>
    sectionsOf(draft).map(({ name, title, description }) => [title || name, description].filter(Boolean).join(" – "));
  note("Sections", sections(theirs), sections(mine));
  return found;
}
