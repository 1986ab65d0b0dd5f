import { Button, Group, Stack, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";

import { ApiError } from "@/api/api-error";
import { executionQuery } from "@/features/executions/api";
import { CancelButton } from "@/features/executions/components/cancel-button";
import { executionPath } from "@/features/executions/model/execution-path";
import { ExecutionOutcome } from "@/features/executions/components/execution-outcome";
import { StatusBadge } from "@/features/executions/components/status-badge";
import { ExecutionScopeContext } from "@/features/executions/hooks/execution-scope";
import { useExecutionLog } from "@/features/executions/hooks/use-execution-log";
import { hasEnded } from "@/features/executions/model/execution";
import { OrgLink } from "@/shared/session/org-link";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";
import { Surface } from "@/shared/ui/surface";
import { formatDuration } from "@/shared/ui/time";

interface ExecutionPanelProps {
  organizationId: string;
  executionId: string;
  onRunAgain: () => void;
  /** What to know as long as it has not ended. */
  meanwhile?: ReactNode;
}

/** The execution that a form has just started, below the form. */
export function ExecutionPanel({ organizationId, executionId, onRunAgain, meanwhile }: ExecutionPanelProps) {
  const query = useQuery(executionQuery(organizationId, executionId));
  const log = useExecutionLog(organizationId, executionId);
  const title = useRef<HTMLHeadingElement>(null);

  // Whoever pressed Run wants to see, or hear, what happens next.
  useEffect(() => {
    title.current?.focus({ preventScroll: true });
    title.current?.scrollIntoView({ block: "start", behavior: "smooth" });
  }, [executionId]);

  const isMissing = query.error instanceof ApiError && query.error.status === 404;
  const recorded = query.data?.status;
  const status = recorded !== undefined && hasEnded(recorded) ? recorded : (log.status ?? recorded);
  return (
    <Surface p="lg" component="section" aria-label="Execution">
      <Stack gap="md">
        <Group justify="space-between">
          <Group gap="sm" aria-live="polite">
            <Title order={2} ref={title} tabIndex={-1}>
              Execution
            </Title>
            {status !== undefined && <StatusBadge status={status} />}
            {query.data !== undefined && hasEnded(query.data.status) && (
              <span>{formatDuration(query.data.durationMs)}</span>
            )}
          </Group>
          <Group gap="xs">
            <Button size="xs" variant="default" component={OrgLink} to={executionPath({ executionId, organizationId }, null)}>
              Open details
            </Button>
            {query.data !== undefined && status !== undefined && !hasEnded(status) && (
              <CancelButton execution={query.data} organizationId={organizationId} status={status} />
            )}
            {status !== undefined && hasEnded(status) && (
              <Button
                size="xs"
                variant="default"
                leftSection={<IconRefresh size={14} aria-hidden />}
                onClick={onRunAgain}
              >
                Run again
              </Button>
            )}
          </Group>
        </Group>
        {status !== undefined && !hasEnded(status) && meanwhile}
        {query.isError && (
          <ErrorNotice
            error={query.error}
            title="The execution could not be loaded."
            kept={isMissing ? undefined : "It goes on all the same."}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        )}
        {query.isPending && <Loading label="Loading the execution" rows={2} />}
        {query.data !== undefined && (
          <ExecutionScopeContext value={{ organizationId, executionId }}>
            <ExecutionOutcome execution={query.data} log={log} headingOrder={3} />
          </ExecutionScopeContext>
        )}
      </Stack>
    </Surface>
  );
}
