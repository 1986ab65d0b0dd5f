import type { ConfigType } from "@/api/generated/management-api/types.gen";

const mostValueBytes = 10 * 1024;
const mostDescription = 1000;

/** The types, as people call them. */
export const typeNames: Record<ConfigType, string> = {
  string: "Text",
  int: "Whole number",
  bool: "True or false",
  json: "JSON",
  secret_ref: "Secret",
};

export function keyProblem(key: string): string | null {
  return /^[A-Za-z0-9_.-]{1,100}$/.test(key) ? null : "Use 1 to 100 letters, digits, _ . or -";
}

export function descriptionProblem(text: string): string | null {
  return Array.from(text).length > mostDescription ? `At most ${mostDescription} characters` : null;
}

/** What keeps `text` from being a value of this type, by the rules of the API; null if nothing does. */
export function valueProblem(type: ConfigType, text: string): string | null {
  if (text.includes("\0") || /\p{Surrogate}/u.test(text)) {
    return "Has characters that cannot be stored";
  }
  if (new TextEncoder().encode(text).length > mostValueBytes) {
    return "Too long: at most 10 KB";
  }
  switch (type) {
    case "string":
      return null;
    case "int":
      return /^[+-]?[0-9]{1,18}$/.test(text.trim()) ? null : "Enter a whole number of at most 18 digits";
    case "bool":
      return /^(true|false)$/i.test(text.trim()) ? null : "Choose true or false";
    case "json":
      return jsonProblem(text);
    case "secret_ref":
      return secretNameProblem(text);
  }
}

function secretNameProblem(text: string): string | null {
  const name = text.trim().replaceAll("_", "-");
  if (name === "") {
    return "Name a secret";
  }
  return name.length <= 80 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? null
    : "Use lower-case letters and digits, with single hyphens between";
}

function jsonProblem(text: string): string | null {
  if (text.trim() === "") {
    return "Enter JSON, such as {} or []";
  }
  try {
    return isStorable(JSON.parse(text)) ? null : "Has a number or a character that cannot be stored";
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : "it cannot be read"}`;
  }
}

function isStorable(value: unknown): boolean {
  if (typeof value === "number") {
    return Number.isFinite(value);
  }
  if (typeof value === "string") {
    return !/\p{Surrogate}/u.test(value);
  }
  if (Array.isArray(value)) {
    return value.every(isStorable);
  }
  return typeof value !== "object" || value === null || Object.entries(value).flat().every(isStorable);
}

/** JSON laid out over lines; text that is no JSON stays as it is. */
export function laidOut(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const spread = JSON.stringify(value, null, 2);
    // Numbers beyond what JavaScript holds exactly would be changed by laying them out.
    return sameDigits(text, spread) ? spread : text;
  } catch {
    return text;
  }
}

function sameDigits(before: string, after: string): boolean {
  return before.replaceAll(/\s/g, "") === after.replaceAll(/\s/g, "");
}
