import { Button, Group, Stack, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { executionQuery } from "@/features/executions/api";
import { ExecutionFacts } from "@/features/executions/components/execution-facts";
import { ExecutionOutcome } from "@/features/executions/components/execution-outcome";
import { IntegrationCalls } from "@/features/executions/components/integration-calls";
import { ResultView } from "@/features/executions/components/result-view";
import { StatusBadge } from "@/features/executions/components/status-badge";
import { useExecutionLog } from "@/features/executions/hooks/use-execution-log";
import type { Execution } from "@/features/executions/model/execution";
import { hasEnded, workflowTitle } from "@/features/executions/model/execution";
import { OrgLink } from "@/shared/session/org-link";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { CopyButton } from "@/shared/ui/copy-button";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";
import { Page } from "@/shared/ui/page";
import { Surface } from "@/shared/ui/surface";

function Actions({ execution }: { execution: Execution }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <CopyButton value={window.location.href} label="Copy link" />
      {execution.formId !== null && (
        <Button
          size="xs"
          leftSection={<IconRefresh size={14} aria-hidden />}
          component={OrgLink}
          to={`/forms/${execution.formId}?from=${execution.executionId}`}
        >
          Run again
        </Button>
      )}
    </Group>
  );
}

function Details({ execution }: { execution: Execution }) {
  const me = useMe();
  const organization = useOrganization();
  const log = useExecutionLog(organization.id, execution.executionId);
  const status = hasEnded(execution.status) ? execution.status : (log.status ?? execution.status);
  return (
    <Page
      title={workflowTitle(execution.workflowName)}
      description={
        <Group gap="xs" aria-live="polite">
          <StatusBadge status={status} />
        </Group>
      }
      actions={<Actions execution={execution} />}
    >
      <ExecutionFacts execution={execution} organizationName={organization.name} />
      <Surface p="lg">
        <ExecutionOutcome execution={execution} log={log} headingOrder={2} />
      </Surface>
      <Surface p="lg">
        <Stack gap="xs" component="section" aria-label="Input">
          <Title order={2} size="h3">
            Input
          </Title>
          <ResultView value={execution.inputData} label="Input" />
        </Stack>
      </Surface>
      {me.userType === "MSP" && (
        <Surface p="lg">
          <IntegrationCalls calls={execution.integrationCalls} />
        </Surface>
      )}
    </Page>
  );
}

/** One execution: what was run, by whom, with what, and what came of it. */
export function ExecutionPage() {
  const { executionId = "" } = useParams();
  const organization = useOrganization();
  const query = useQuery(executionQuery(organization.id, executionId));
  if (query.data !== undefined) {
    return <Details execution={query.data} />;
  }
  return (
    <Page title="Execution">
      {query.isError ? (
        <>
          <ErrorNotice
            error={query.error}
            title="The execution could not be loaded."
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
          <Button component={OrgLink} to="/executions" variant="default" w="fit-content">
            All executions
          </Button>
        </>
      ) : (
        <Loading label="Loading the execution" rows={6} height={56} />
      )}
    </Page>
  );
}
