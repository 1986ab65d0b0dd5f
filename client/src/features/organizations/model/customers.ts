import type { GdapCustomer } from "@/features/organizations/api";
import { daysUntil } from "@/features/organizations/model/tenant-link";
import type { StateTone } from "@/shared/ui/state-badge";

/** Whether an organization can be made of it. */
export function canImport(customer: GdapCustomer): boolean {
  return customer.isActive && customer.organizationId === null;
}

/** Whether the relationship that ends last renews itself. */
export function renewsItself({ endsAt, relationships }: GdapCustomer): boolean {
  return relationships.some((one) => one.extendsItself && one.endsAt === endsAt);
}

const soonDays = 30;

/** When the relationship ends, in a few words. */
export function relationshipState(customer: GdapCustomer, now: Date): { tone: StateTone; label: string } {
  if (!customer.isActive) {
    return { tone: "neutral", label: "No active relationship" };
  }
  if (customer.endsAt === null) {
    return { tone: "success", label: "No end" };
  }
  const days = daysUntil(customer.endsAt, now);
  if (renewsItself(customer)) {
    return { tone: "success", label: `Renews itself in ${days} days` };
  }
  return { tone: days <= soonDays ? "warning" : "success", label: `Ends in ${days} ${days === 1 ? "day" : "days"}` };
}

export function matchesCustomer({ displayName, tenantId }: GdapCustomer, search: string): boolean {
  return `${displayName} ${tenantId}`.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase());
}
