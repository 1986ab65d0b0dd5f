import type { TenantLink } from "@/features/organizations/api";
import type { StateTone } from "@/shared/ui/state-badge";

const dayMilliseconds = 86_400_000;

export interface LinkState {
  tone: StateTone;
  label: string;
}

/** Days that begin until then; 0 where it is over. */
export function daysUntil(moment: string, now: Date): number {
  return Math.max(0, Math.ceil((new Date(moment).getTime() - now.getTime()) / dayMilliseconds));
}

function endsIn(link: TenantLink, now: Date): string {
  if (link.endsAt === null) {
    return "Relationship ends soon";
  }
  const days = daysUntil(link.endsAt, now);
  if (days === 0) {
    return "Relationship has ended";
  }
  return `Relationship ends in ${days} ${days === 1 ? "day" : "days"}`;
}

/** Whether the platform reaches the tenant, in a few words. */
export function linkState(link: TenantLink, now: Date): LinkState {
  switch (link.status) {
    case "notLinked":
      return { tone: "neutral", label: "Not linked" };
    case "failing":
      return { tone: "failure", label: "Failing" };
    case "expiring":
      return { tone: "warning", label: endsIn(link, now) };
    case "linked":
      return link.verifiedAt === null
        ? { tone: "neutral", label: "Not verified yet" }
        : { tone: "success", label: "Linked" };
  }
}
