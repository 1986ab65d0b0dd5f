const acronyms = new Set("api csv dns gb gdap hr ip json kb mb mfa pdf psa rmm sku sla sms smtp sso tb upn url utc vlan vm vpn".split(" "));

/** Abbreviations of the trade as everybody writes them: "reset mfa" as "reset MFA". */
export function withAcronyms(words: string): string {
  return words
    .split(" ")
    .map((word) => (acronyms.has(word.toLowerCase()) ? word.toUpperCase() : word))
    .join(" ");
}
