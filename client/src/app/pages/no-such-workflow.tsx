import { Button } from "@mantine/core";

import { workflows } from "@/app/pages/ways-back";
import { OrgLink } from "@/shared/session/org-link";
import { EmptyState } from "@/shared/ui/empty-state";

/** In place of a workflow that the catalog does not have. */
export function NoSuchWorkflow() {
  return (
    <EmptyState
      title="There is no such workflow"
      action={
        <Button component={OrgLink} to={workflows.to} variant="default">
          {workflows.label}
        </Button>
      }
    >
      {workflows.whyMissing}
    </EmptyState>
  );
}
