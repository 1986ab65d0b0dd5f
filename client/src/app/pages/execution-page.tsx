import { Button, Group } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearchParams } from "react-router";

import { executions } from "@/app/pages/ways-back";
import { useRunNames } from "@/app/pages/use-run-names";
import { executionQuery, globalOrganization } from "@/features/executions/api";
import { CancelButton } from "@/features/executions/components/cancel-button";
import { ExecutionFacts } from "@/features/executions/components/execution-facts";
import { ExecutionOutcome } from "@/features/executions/components/execution-outcome";
import { IntegrationCalls } from "@/features/executions/components/integration-calls";
import { ResultView } from "@/features/executions/components/result-view";
import { StatusBadge } from "@/features/executions/components/status-badge";
import { TimelineView } from "@/features/executions/components/timeline-view";
import { ExecutionScopeContext } from "@/features/executions/hooks/execution-scope";
import { useExecutionLog } from "@/features/executions/hooks/use-execution-log";
import type { Execution, ExecutionStatus } from "@/features/executions/model/execution";
import { hasEnded } from "@/features/executions/model/execution";
import { formsQuery } from "@/features/forms/api";
import { integrationTypesQuery } from "@/features/integrations/api";
import { OrgLink } from "@/shared/session/org-link";
import type { Me } from "@/shared/session/me";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { CopyButton } from "@/shared/ui/copy-button";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { Surface } from "@/shared/ui/surface";

interface ActionsProps {
  execution: Execution;
  organizationId: string;
  status: ExecutionStatus;
}

/** Where the same can be run once more, filled with this run's input; null where this person may not. */
function runAgainPath({ executionId, formId, workflowName, organizationId }: Execution, me: Me, mayRun: boolean) {
  if (formId !== null) {
    return `/forms/${formId}?from=${executionId}`;
  }
  const of = organizationId === globalOrganization ? "&of=global" : "";
  return me.userType === "MSP" && mayRun ? `/workflows/${workflowName}/run?from=${executionId}${of}` : null;
}

function Actions({ execution, organizationId, status }: ActionsProps) {
  const me = useMe();
  const { permissions } = useOrganization();
  const mayStop = permissions.canExecuteWorkflows || execution.executedBy === me.id;
  const again = runAgainPath(execution, me, permissions.canExecuteWorkflows);
  return (
    <Group gap="xs" wrap="nowrap">
      {!hasEnded(status) && mayStop && (
        <CancelButton execution={execution} organizationId={organizationId} status={status} />
      )}
      <CopyButton value={window.location.href} label="Copy link" size="sm" />
      {again !== null && (
        <Button
          variant={hasEnded(status) ? "filled" : "default"}
          leftSection={<IconRefresh size={16} aria-hidden />}
          component={OrgLink}
          to={again}
        >
          Run again
        </Button>
      )}
    </Group>
  );
}

function Part({ title, value }: { title: string; value: unknown }) {
  return (
    <Surface p="lg" component="section" aria-label={title}>
      <ResultView value={value} label={title} headingOrder={2} />
    </Surface>
  );
}

function isSomething(record: Record<string, unknown>): boolean {
  return Object.keys(record).length > 0;
}

/** What only those who look after workflows need. */
function Insight({ execution }: { execution: Execution }) {
  const { data: systems } = useQuery(integrationTypesQuery);
  const systemName = (integration: string) => systems?.find(({ type }) => type === integration)?.label ?? integration;
  return (
    <>
      {isSomething(execution.variables) && (
        <Part title="Variables" value={execution.variables} />
      )}
      {isSomething(execution.checkpoints) && (
        <Part title="Checkpoints" value={execution.checkpoints} />
      )}
      <Surface p="lg">
        <IntegrationCalls calls={execution.integrationCalls} systemName={systemName} />
      </Surface>
    </>
  );
}

function Details({ execution, organizationId }: { execution: Execution; organizationId: string }) {
  const me = useMe();
  const organization = useOrganization();
  const { nameOf } = useRunNames();
  const { data: forms } = useQuery({ ...formsQuery(organization.id), enabled: execution.formId !== null });
  const log = useExecutionLog(organizationId, execution.executionId);
  const status = hasEnded(execution.status) ? execution.status : (log.status ?? execution.status);
  return (
    <Page
      title={nameOf(execution)}
      description={
        <Group gap="xs" aria-live="polite">
          <StatusBadge status={status} />
        </Group>
      }
      actions={<Actions execution={execution} organizationId={organizationId} status={status} />}
    >
      <ExecutionScopeContext value={{ organizationId, executionId: execution.executionId }}>
        <ExecutionFacts
          execution={execution}
          organizationName={organizationId === globalOrganization ? "No organization" : organization.name}
          formName={forms?.find(({ id }) => id === execution.formId)?.name}
          showCode={me.userType === "MSP"}
        />
        <Surface p="lg">
          <ExecutionOutcome execution={execution} log={log} headingOrder={2} />
        </Surface>
        <Surface p="lg">
          <TimelineView execution={execution} />
        </Surface>
        <Part title="Input" value={isSomething(execution.inputData) ? execution.inputData : null} />
        {me.userType === "MSP" && <Insight execution={execution} />}
      </ExecutionScopeContext>
    </Page>
  );
}

/** One execution: what was run, by whom, with what, and what came of it. */
export function ExecutionPage() {
  const { executionId = "" } = useParams();
  const [search] = useSearchParams();
  const me = useMe();
  const organization = useOrganization();
  // A run without an organization is an admin's to see, whichever organization is chosen.
  const organizationId = me.isAdmin && search.get("of") === "global" ? globalOrganization : organization.id;
  const query = useQuery(executionQuery(organizationId, executionId));
  if (query.data !== undefined) {
    return <Details execution={query.data} organizationId={organizationId} />;
  }
  return (
    <Page title="Execution">
      <QueryView query={query} what="the execution" rows={6} rowHeight={56} back={executions}>
        {() => null}
      </QueryView>
    </Page>
  );
}
