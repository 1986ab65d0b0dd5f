import { Button } from "@mantine/core";

import { OrgLink } from "@/shared/session/org-link";
import { EmptyState } from "@/shared/ui/empty-state";
import { Page } from "@/shared/ui/page";

/** No such address. */
export function NotFoundPage() {
  return (
    <Page title="Page not found">
      <EmptyState
        title="There is nothing at this address"
        action={
          <Button component={OrgLink} to="/" variant="default">
            Go to the start page
          </Button>
        }
      >
        It may have been mistyped, or the page has moved.
      </EmptyState>
    </Page>
  );
}
