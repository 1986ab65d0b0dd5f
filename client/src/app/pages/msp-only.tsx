import { Button, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { OrgLink } from "@/shared/session/org-link";
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
        <Text size="sm">Choose a page in the navigation, or ask them for what you need.</Text>
      </Notice>
      <Button component={OrgLink} to="/" variant="default" w="fit-content">
        Go to the start page
      </Button>
    </Page>
  );
}
