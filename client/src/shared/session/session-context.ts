import { createContext, useContext } from "react";

import type { Me, MyOrganization } from "@/shared/session/me";

export const MeContext = createContext<Me | null>(null);

/** The signed-in person, once the API has said who they are. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) {
    throw new Error("useMe needs a MeContext above it.");
  }
  return me;
}

export const OrganizationContext = createContext<MyOrganization | null>(null);

/** The organization everything on the page is about. */
export function useOrganization(): MyOrganization {
  const organization = useContext(OrganizationContext);
  if (organization === null) {
    throw new Error("useOrganization needs an OrganizationContext above it.");
  }
  return organization;
}
