const acronyms = new Set("api csv dns gb hr ip json kb mb mfa pdf sku sla tb upn url utc vm vpn".split(" "));

/** Abbreviations of the trade as everybody writes them: "reset mfa" as "reset MFA". */
export function withAcronyms(words: string): string {
  return words
    .split(" ")
    .map((word) => (acronyms.has(word.toLowerCase()) ? word.toUpperCase() : word))
    .join(" ");
}
