import { createContext, useContext } from "react";

import type { Me, MyOrganization } from "@/shared/session/me";

/** What was taken away from somebody while they had something typed on the page. */
export interface AccessLoss {
  /** The platform refuses them altogether; its words. */
  refusal: string | null;
  /** What they may not do any more, as sentences. */
  losses: readonly string[];
}

export const AccessLossContext = createContext<AccessLoss | null>(null);

/** Null while somebody may do all that the page was opened with. */
export function useAccessLoss(): AccessLoss | null {
  return useContext(AccessLossContext);
}

const rights = {
  canExecuteWorkflows: "run workflows",
  canManageConfig: "manage configuration",
  canManageForms: "manage forms",
  canViewHistory: "see executions",
} as const;

function lostIn(before: MyOrganization, now: MyOrganization | undefined): string[] {
  if (now === undefined) {
    return [`You have no access to ${before.name} any more.`];
  }
  const lost = (Object.keys(rights) as (keyof typeof rights)[]).filter(
    (right) => before.permissions[right] && !now.permissions[right],
  );
  return lost.map((right) => `You may not ${rights[right]} for ${before.name} any more.`);
}

/** What somebody could do before and cannot do now, as sentences. */
export function lostAccess(before: Me, now: Me): string[] {
  if (before.isAdmin && !now.isAdmin) {
    return ["You are not an administrator of the platform any more."];
  }
  return before.organizations.flatMap((organization) =>
    lostIn(
      organization,
      now.organizations.find(({ id }) => id === organization.id),
    ),
  );
}
