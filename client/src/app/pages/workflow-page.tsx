import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconForms, IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useParams } from "react-router";

import { MspOnly } from "@/app/pages/msp-only";
import { NoSuchWorkflow } from "@/app/pages/no-such-workflow";
import { useRunNames } from "@/app/pages/use-run-names";
import { executionsQuery } from "@/features/executions/api";
import { noFilters } from "@/features/executions/model/filters";
import { ExecutionsTable } from "@/features/executions/components/executions-table";
import { permissionNames } from "@/features/permissions/api";
import { catalogQuery } from "@/features/workflows/api";
import { ImportErrors } from "@/features/workflows/components/import-errors";
import { ParametersTable } from "@/features/workflows/components/parameters-table";
import { DeclaredSchedules } from "@/features/workflows/components/declared-schedules";
import { WorkflowFacts } from "@/features/workflows/components/workflow-facts";
import { needsFile } from "@/features/workflows/model/parameters";
import type { ImportError, Workflow } from "@/features/workflows/model/workflow";
import { OrgLink } from "@/shared/session/org-link";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { CodeWords } from "@/shared/ui/code-words";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { workflowTitle } from "@/shared/ui/workflow-title";

const shownExecutions = 10;

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={2}>{title}</Title>
      {children}
    </Stack>
  );
}

function Actions({ workflow }: { workflow: Workflow }) {
  const { isAdmin } = useMe();
  const { permissions } = useOrganization();
  const mayRun = permissions.canExecuteWorkflows && permissions[workflow.requiredPermission ?? "canExecuteWorkflows"];
  // One that needs no organization runs without one, which is an admin's to do.
  const of = workflow.requiresOrg === false && isAdmin ? "?of=global" : "";
  const isForForms = workflow.exposeInForms !== false && permissions.canManageForms;
  return (
    <Group gap="xs" wrap="nowrap">
      {isForForms && (
        <Button
          variant="default"
          component={OrgLink}
          to={`/forms/new?workflow=${encodeURIComponent(workflow.name)}`}
          leftSection={<IconForms size={16} aria-hidden />}
        >
          Create form
        </Button>
      )}
      {mayRun && !needsFile(workflow.parameters ?? []) && (
        <Button
          component={OrgLink}
          to={`/workflows/${workflow.name}/run${of}`}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
        >
          Run
        </Button>
      )}
    </Group>
  );
}

function LastExecutions({ workflowName }: { workflowName: string }) {
  const organization = useOrganization();
  const runNames = useRunNames();
  const query = useInfiniteQuery(
    executionsQuery({ organizationId: organization.id }, shownExecutions, { ...noFilters, workflow: workflowName }),
  );
  return (
    <QueryView query={query} what="the last executions" rows={4}>
      {({ pages: [first] }) =>
        first === undefined || first.items.length === 0 ? (
          <Text c="dimmed">It has not been run for {organization.name} yet.</Text>
        ) : (
          <>
            <ExecutionsTable
              executions={first.items}
              label={`Last executions for ${organization.name}`}
              names={runNames}
            />
            {first.next !== null && (
              <Anchor component={OrgLink} to={`/executions?workflow=${encodeURIComponent(workflowName)}`} size="sm">
                All executions of this workflow
              </Anchor>
            )}
          </>
        )
      }
    </QueryView>
  );
}

function Details({ workflow }: { workflow: Workflow }) {
  const { permissions } = useOrganization();
  return (
    <Stack gap="xl">
      <WorkflowFacts
        workflow={workflow}
        permissionName={permissionNames[workflow.requiredPermission ?? "canExecuteWorkflows"]}
      />
      {needsFile(workflow.parameters ?? []) && (
        <Text c="dimmed">
          It takes a file, and a file is handed in with a form: create a form for it, and run that.
        </Text>
      )}
      <Part title="Parameters">
        <ParametersTable parameters={workflow.parameters ?? []} />
      </Part>
      {(workflow.schedules ?? []).length > 0 && (
        <Part title="Schedules">
          <DeclaredSchedules workflow={workflow} />
        </Part>
      )}
      {permissions.canViewHistory && (
        <Part title="Last executions">
          <LastExecutions workflowName={workflow.name} />
        </Part>
      )}
    </Stack>
  );
}

/** There is no such workflow, perhaps because its file does not import just now. */
function Missing({ errors }: { errors: readonly ImportError[] }) {
  return (
    <>
      <NoSuchWorkflow />
      <ImportErrors errors={errors} />
    </>
  );
}

function WorkflowDetail({ name }: { name: string }) {
  const query = useQuery(catalogQuery);
  const workflow = query.data?.workflows.find((one) => one.name === name);
  return (
    <Page
      title={workflowTitle(name)}
      description={
        workflow && (
          <>
            <Text size="sm" c="dimmed" ff="monospace">
              {name}
            </Text>
            <Text maw={720}>
              <CodeWords text={workflow.description} />
            </Text>
          </>
        )
      }
      actions={workflow && <Actions workflow={workflow} />}
    >
      <QueryView query={query} what="the workflow" rows={6} rowHeight={56}>
        {({ errors }) => (workflow === undefined ? <Missing errors={errors} /> : <Details workflow={workflow} />)}
      </QueryView>
    </Page>
  );
}

/** One workflow: what it takes, when it runs by itself, and how it went lately. */
export function WorkflowPage() {
  const { name = "" } = useParams();
  return (
    <MspOnly title={workflowTitle(name)}>
      <WorkflowDetail name={name} />
    </MspOnly>
  );
}
