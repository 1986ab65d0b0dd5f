import { Button, Group, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { ExecutionFilters } from "@/app/pages/executions-filters";
import { useRunNames } from "@/app/pages/use-run-names";
import type { ExecutionListOf } from "@/features/executions/api";
import { executionsQuery, globalOrganization } from "@/features/executions/api";
import { ExecutionsTable } from "@/features/executions/components/executions-table";
import { ExportMenu } from "@/features/executions/components/export-menu";
import { useExecutionFilters } from "@/features/executions/hooks/use-execution-filters";
import { isFiltered, noFilters } from "@/features/executions/model/filters";
import { formsQuery } from "@/features/forms/api";
import { OrgLink } from "@/shared/session/org-link";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { countOf } from "@/shared/ui/count-of";
import { EmptyState } from "@/shared/ui/empty-state";
import { LoadMore } from "@/shared/ui/load-more";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

/** Whose executions: one organization's, one's own everywhere, or for admins those of all organizations. */
function useReach() {
  const me = useMe();
  const organization = useOrganization();
  const [chosen, choose] = useUrlFilter("of");
  const choices = [
    ...(me.userType === "MSP" && organization.permissions.canViewHistory
      ? [{ value: "here", label: organization.name }]
      : []),
    ...(me.isAdmin ? [{ value: "all", label: "All organizations" }] : []),
    { value: "mine", label: "Only mine" },
  ];
  const reach = choices.find(({ value }) => value === chosen)?.value ?? choices[0]?.value ?? "mine";
  const of: ExecutionListOf =
    reach === "here"
      ? { organizationId: organization.id }
      : reach === "all"
        ? { everywhere: true }
        : { userId: me.id };
  const set = (value: string) => choose(value === choices[0]?.value ? "" : value);
  return { reach, of, choices, set };
}

const descriptions: Record<string, (organization: string) => string> = {
  here: (organization) => `What was run for ${organization}, newest first.`,
  all: () => "What was run for any organization, newest first.",
  mine: () => "What you have run, newest first.",
};

function Nothing({ isNarrowed, onClear }: { isNarrowed: boolean; onClear: () => void }) {
  return isNarrowed ? (
    <EmptyState
      title="No execution matches these filters"
      action={
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      }
    >
      Widen the dates or remove a filter. Executions are kept for 90 days.
    </EmptyState>
  ) : (
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
  );
}

/** What has been run: by organization, over all of them, or one's own. */
export function ExecutionsPage() {
  const me = useMe();
  const organization = useOrganization();
  const { reach, of, choices, set } = useReach();
  const { filters: given, change, clear } = useExecutionFilters();
  const isMine = reach === "mine";
  const filters = isMine ? noFilters : given;
  const query = useInfiniteQuery(executionsQuery(of, 50, filters));
  const runNames = useRunNames();
  const forms = useQuery({ ...formsQuery(organization.id), enabled: !isMine });
  const executions = query.data?.pages.flatMap((page) => page.items) ?? [];
  const names = new Map(me.organizations.map(({ id, name }) => [id, name]));
  const nameOf = (id: string) =>
    id === globalOrganization ? "No organization" : (names.get(id) ?? "No longer active");
  const title = isMine ? "My executions" : "Executions";

  return (
    <Page
      title={title}
      description={descriptions[reach]?.(organization.name)}
      actions={<ExportMenu of={of} filters={filters} shown={executions} organizationName={nameOf} />}
    >
      {choices.length > 1 && (
        <Group>
          <SegmentedControl aria-label="Whose executions" data={choices} value={reach} onChange={set} />
        </Group>
      )}
      {!isMine && (
        <ExecutionFilters
          filters={filters}
          onChange={change}
          onClear={clear}
          executions={executions}
          forms={forms.data ?? []}
        />
      )}
      <QueryView query={query} what="the executions" rows={8}>
        {() =>
          executions.length === 0 ? (
            <Nothing isNarrowed={isFiltered(filters)} onClear={clear} />
          ) : (
            <ExecutionsTable
              executions={executions}
              label={title}
              names={runNames}
              showPerson={!isMine}
              organizationName={reach === "all" || (isMine && names.size > 1) ? nameOf : undefined}
            />
          )
        }
      </QueryView>
      <LoadMore query={query} shown={countOf(executions.length, "execution")} />
    </Page>
  );
}
