/** A setting as its type's JSON Schema describes it. */
export interface SettingField {
  name: string;
  label: string;
  description: string | null;
  kind: "text" | "integer" | "number" | "boolean" | "choice" | "secret" | "json";
  choices: string[];
  isRequired: boolean;
  /** Says where or as whom to connect: all of these come from one place. */
  isConnection: boolean;
  isSharedOnly: boolean;
  isAdminOnly: boolean;
  pattern: RegExp | null;
  minimum: number | null;
  maximum: number | null;
  defaultValue: unknown;
}

export type Settings = Record<string, unknown>;
/** What is typed, by setting; blank means not set here. */
export type SettingTexts = Record<string, string>;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(schema: Record<string, unknown>): SettingField["kind"] {
  if (schema.secret === true) {
    return "secret";
  }
  if (Array.isArray(schema.enum)) {
    return "choice";
  }
  switch (schema.type) {
    case "string":
      return "text";
    case "integer":
    case "number":
    case "boolean":
      return schema.type;
    default:
      return "json";
  }
}

function regexOf(pattern: unknown): RegExp | null {
  try {
    return typeof pattern === "string" ? new RegExp(pattern, "u") : null;
  } catch {
    // The API checks it too.
    return null;
  }
}

/** The settings that a schema names, in its order; what may be null is described by its other branch. */
export function fieldsOf(schema: unknown): SettingField[] {
  const { properties, required } = isRecord(schema) ? schema : {};
  return Object.entries(isRecord(properties) ? properties : {}).map(([name, given]) => {
    const outer = isRecord(given) ? given : {};
    const branches: unknown[] = Array.isArray(outer.anyOf) ? outer.anyOf : [];
    const branch = branches.filter(isRecord).find(({ type }) => type !== "null") ?? {};
    const one = { ...branch, ...outer };
    const kind = kindOf(one);
    return {
      name,
      label: typeof one.title === "string" ? one.title : name,
      // A secret's control says that it wants a name.
      description: kind !== "secret" && typeof one.description === "string" ? one.description : null,
      kind,
      choices: Array.isArray(one.enum) ? one.enum.map(String) : [],
      isRequired: Array.isArray(required) && required.includes(name),
      isConnection: one.connection === true || kind === "secret",
      isSharedOnly: one.sharedOnly === true,
      isAdminOnly: one.adminOnly === true,
      pattern: kind === "text" ? regexOf(one.pattern) : null,
      minimum: typeof one.minimum === "number" ? one.minimum : null,
      maximum: typeof one.maximum === "number" ? one.maximum : null,
      defaultValue: one.default,
    };
  });
}

/** A setting's value as text. */
export function settingText(value: unknown): string {
  if (typeof value === "string") {
    return value;
  }
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

export function textsOf(fields: readonly SettingField[], settings: Settings): SettingTexts {
  return Object.fromEntries(fields.map(({ name }) => [name, settingText(settings[name])]));
}

/** Whether what is typed says where or as whom to connect: then nothing of that is inherited. */
export function connectsItself(fields: readonly SettingField[], texts: SettingTexts): boolean {
  return fields.some(({ name, isConnection }) => isConnection && (texts[name] ?? "").trim() !== "");
}

/** What counts for a setting that is left blank; empty if nothing does. */
export function inheritedText(
  field: SettingField,
  fields: readonly SettingField[],
  texts: SettingTexts,
  shared: Settings | null,
): string {
  const isCut = field.isConnection && connectsItself(fields, texts);
  return isCut ? "" : settingText(shared?.[field.name]);
}

function valueOf(field: SettingField, text: string): unknown {
  switch (field.kind) {
    case "integer":
    case "number":
      return Number(text);
    case "boolean":
      return text === "true";
    case "json":
      return JSON.parse(text);
    case "text":
    case "choice":
    case "secret":
      return text;
  }
}

/** What the API takes: the settings made here, without the blank ones. */
export function settingsOf(fields: readonly SettingField[], texts: SettingTexts): Settings {
  const given = fields.map((field) => [field, (texts[field.name] ?? "").trim()] as const);
  return Object.fromEntries(
    given.filter(([, text]) => text !== "").map(([field, text]) => [field.name, valueOf(field, text)]),
  );
}

function numberProblem({ kind, minimum, maximum }: SettingField, text: string): string | null {
  const value = Number(text);
  if (!Number.isFinite(value) || (kind === "integer" && !Number.isSafeInteger(value))) {
    return kind === "integer" ? "Enter a whole number" : "Enter a number";
  }
  if (minimum !== null && value < minimum) {
    return `At least ${minimum}`;
  }
  return maximum !== null && value > maximum ? `At most ${maximum}` : null;
}

/** What keeps `text` from being this setting; null if nothing does. The API has the last word. */
export function settingProblem(field: SettingField, text: string, isNeeded: boolean): string | null {
  const typed = text.trim();
  if (typed === "") {
    return isNeeded ? "This is needed" : null;
  }
  switch (field.kind) {
    case "integer":
    case "number":
      return numberProblem(field, typed);
    case "json":
      try {
        JSON.parse(typed);
        return null;
      } catch {
        return "This is no JSON";
      }
    case "text":
      return field.pattern?.test(typed) === false ? "This does not have the expected form" : null;
    case "choice":
    case "boolean":
    case "secret":
      return null;
  }
}
