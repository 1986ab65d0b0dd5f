/** What keeps `name` from naming a secret, by the rules of the API; null if nothing does. */
export function nameProblem(name: string): string | null {
  return name.length <= 80 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? null
    : "Use lower-case letters and digits, with single hyphens between, at most 80";
}

/** What keeps `value` from being stored; null if nothing does. */
export function secretValueProblem(value: string): string | null {
  if (value === "") {
    return "Enter the value";
  }
  if (/\p{Surrogate}/u.test(value)) {
    return "Has characters that cannot be stored";
  }
  return new TextEncoder().encode(value).length > 25_000 ? "Too long: at most 25 KB" : null;
}
