import type { ConfigRead } from "@/api/generated/management-api/types.gen";

/** How a value stands to the one that all organizations share. */
export type Standing = "own" | "overrides" | "inherited";

export const standings: readonly Standing[] = ["own", "overrides", "inherited"];

export function standingOf(entry: ConfigRead): Standing {
  if (entry.inherited) {
    return "inherited";
  }
  return entry.overrides ? "overrides" : "own";
}

/** The entries that a search over keys, values and descriptions finds, of one standing or of all. */
export function matching(entries: readonly ConfigRead[], search: string, standing: string): ConfigRead[] {
  const wanted = search.trim().toLocaleLowerCase();
  return entries.filter(
    (entry) =>
      (!standings.some((one) => one === standing) || standingOf(entry) === standing) &&
      [entry.key, entry.value, entry.description ?? "", entry.globalValue ?? ""].some((text) =>
        text.toLocaleLowerCase().includes(wanted),
      ),
  );
}
