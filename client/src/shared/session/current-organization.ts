import type { Me, MyOrganization } from "@/shared/session/me";

export type OrganizationChoice =
  | { kind: "chosen"; organization: MyOrganization; isInUrl: boolean }
  /** The address names an organization this person may not use: never answered with another one's data. */
  | { kind: "refused"; requestedId: string }
  | { kind: "none" };

const storageKey = (userId: string) => `organization.${userId}`;

export function rememberOrganization(userId: string, organizationId: string): void {
  try {
    localStorage.setItem(storageKey(userId), organizationId);
  } catch {
    // A convenience only; the address still holds the choice.
  }
}

function rememberedOrganization(userId: string): string | null {
  try {
    return localStorage.getItem(storageKey(userId));
  } catch {
    return null;
  }
}

/** The organization of the address, else the last one used, else the first. */
export function chooseOrganization(me: Me, requestedId: string | null): OrganizationChoice {
  const find = (id: string | null) => me.organizations.find((organization) => organization.id === id);
  const [first] = me.organizations;
  if (first === undefined) {
    return { kind: "none" };
  }
  if (me.userType === "ORG") {
    return { kind: "chosen", organization: first, isInUrl: true };
  }
  if (requestedId !== null) {
    const requested = find(requestedId);
    return requested === undefined
      ? { kind: "refused", requestedId }
      : { kind: "chosen", organization: requested, isInUrl: true };
  }
  return { kind: "chosen", organization: find(rememberedOrganization(me.id)) ?? first, isInUrl: false };
}
