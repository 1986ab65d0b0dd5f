import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { useLocation, useSearchParams } from "react-router";

import { chooseOrganization, rememberOrganization } from "@/shared/session/current-organization";
import { withOrganization } from "@/shared/session/org-link";
import { OrganizationContext, useMe } from "@/shared/session/session-context";
import { useReplacedAddress } from "@/shared/session/use-replaced-address";
import { EmptyState } from "@/shared/ui/empty-state";
import { Notice } from "@/shared/ui/notice";
import { Page } from "@/shared/ui/page";

/** Gives the pages the organization of the address, and puts it there where it is missing. */
export function OrganizationGate({ children }: { children: ReactNode }) {
  const me = useMe();
  const [search] = useSearchParams();
  const { pathname, search: query } = useLocation();
  const choice = chooseOrganization(me, search.get("org"));
  const missingId = choice.kind === "chosen" && !choice.isInUrl ? choice.organization.id : null;

  // An address without an organization is completed, so that copying it names the right one.
  useReplacedAddress(missingId === null ? null : withOrganization(`${pathname}${query}`, missingId));

  const chosenId = choice.kind === "chosen" ? choice.organization.id : null;
  useEffect(() => {
    if (chosenId !== null && me.userType === "MSP") {
      rememberOrganization(me.id, chosenId);
    }
  }, [chosenId, me]);

  if (choice.kind === "none") {
    return (
      <Page title="Welcome">
        <EmptyState title="No organizations yet">
          Nobody has given you permissions in an organization. Ask an administrator of the platform; what they give you works
          at once, without signing in again.
        </EmptyState>
      </Page>
    );
  }
  if (choice.kind === "refused") {
    return (
      <Page title="Another organization">
        <Notice tone="warning" title="You have no access to that organization." announce="alert">
          <Text size="sm">
            This address names an organization that you may not use, or that does not exist any more. Choose one of
            yours at the top of the page, or ask an administrator of the platform for access.
          </Text>
        </Notice>
      </Page>
    );
  }
  // Pages start afresh for another organization: nothing of one is ever shown, or sent, for another.
  return (
    <OrganizationContext key={choice.organization.id} value={choice.organization}>
      {children}
    </OrganizationContext>
  );
}
