import { Button, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { MspOnly } from "@/app/pages/msp-only";
import { OrgLink } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";
import { MissingRight } from "@/shared/ui/missing-right";
import { Page } from "@/shared/ui/page";

/** Pages of the platform's administrators: others who come by a copied address are told so, and how to go on. */
export function AdminOnly({ title, children }: { title: string; children: ReactNode }) {
  const me = useMe();
  if (me.isAdmin) {
    return children;
  }
  return (
    <MspOnly title={title}>
      <Page title={title}>
        <MissingRight title="This page is for admins only.">
          <Text size="sm">Your account is not an admin’s.</Text>
        </MissingRight>
        <Button component={OrgLink} to="/" variant="default" w="fit-content">
          Go to the start page
        </Button>
      </Page>
    </MspOnly>
  );
}
