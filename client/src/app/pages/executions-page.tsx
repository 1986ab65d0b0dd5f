import { Button, Group } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { executionsQuery } from "@/features/executions/api";
import { ExecutionsTable } from "@/features/executions/components/executions-table";
import { OrgLink } from "@/shared/session/org-link";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";
import { Page } from "@/shared/ui/page";

/** What has been run: the organization's executions, or one's own where only those may be seen. */
export function ExecutionsPage() {
  const me = useMe();
  const organization = useOrganization();
  const seesAll = organization.permissions.canViewHistory && me.userType === "MSP";
  const query = useInfiniteQuery(executionsQuery(seesAll ? { organizationId: organization.id } : { userId: me.id }));
  const executions = query.data?.pages.flatMap((page) => page.items) ?? [];
  const title = seesAll ? "Executions" : "My executions";

  return (
    <Page
      title={title}
      description={
        seesAll ? `What was run for ${organization.name}, newest first.` : "What you have run, newest first."
      }
    >
      {query.isPending && <Loading label="Loading executions" rows={8} />}
      {query.isError && (
        <ErrorNotice
          error={query.error}
          title="The executions could not be loaded."
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      )}
      {query.isSuccess && executions.length === 0 && (
        <EmptyState
          title="Nothing has been run yet"
          action={
            <Button component={OrgLink} to="/forms">
              Choose a form
            </Button>
          }
        >
          Run a form, and its execution is listed here with its result and its log.
        </EmptyState>
      )}
      {executions.length > 0 && <ExecutionsTable executions={executions} label={title} showPerson={seesAll} />}
      {query.hasNextPage && (
        <Group>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        </Group>
      )}
    </Page>
  );
}
