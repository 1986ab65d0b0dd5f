import type { ReactNode } from "react";

import { useMe } from "@/shared/session/session-context";
import { Notice } from "@/shared/ui/notice";
import { Page } from "@/shared/ui/page";

/** Pages of the MSP's own people: a client user who comes by a copied address is told so. */
export function MspOnly({ title, children }: { title: string; children: ReactNode }) {
  const me = useMe();
  if (me.userType === "MSP") {
    return children;
  }
  return (
    <Page title={title}>
      <Notice tone="warning" title="This page is for the people of your IT provider." announce="status">
        Choose a page in the navigation, or ask them for what you need.
      </Notice>
    </Page>
  );
}
