import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";

import { MspOnly } from "@/app/pages/msp-only";
import type { RunPlace } from "@/app/pages/run-place";
import { RunPlaceControl, useRunPlace } from "@/app/pages/run-place";
import { useStartedExecution } from "@/app/pages/use-started-execution";
import { NoSuchWorkflow } from "@/app/pages/no-such-workflow";
import { workflows } from "@/app/pages/ways-back";
import { ExecutionPanel } from "@/features/executions/components/execution-panel";
import { useEarlierRun } from "@/features/executions/hooks/use-earlier-run";
import { generatedFormQuery } from "@/features/forms/api";
import { RunForm } from "@/features/forms/components/run-form";
import { focusFirstField } from "@/features/forms/hooks/use-field";
import { useRunOnce } from "@/features/forms/hooks/use-form-run";
import type { RunnableForm } from "@/features/forms/model/fields";
import { catalogQuery, runWorkflowMutation } from "@/features/workflows/api";
import { fileParameters, needsFile, toFormValues } from "@/features/workflows/model/parameters";
import type { Workflow } from "@/features/workflows/model/workflow";
import { OrgLink } from "@/shared/session/org-link";
import type { MyOrganization } from "@/shared/session/me";
import { useOrganization } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { Notice } from "@/shared/ui/notice";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { Surface } from "@/shared/ui/surface";
import { workflowTitle } from "@/shared/ui/workflow-title";

interface FilledProps {
  workflow: Workflow;
  form: RunnableForm;
  prefill?: Record<string, unknown>;
}

/** Why this person cannot run the workflow there, if so; the engine decides in any case. */
function refusal(workflow: Workflow, { name, permissions }: MyOrganization, place: RunPlace): string | null {
  const may = permissions.canExecuteWorkflows && permissions[workflow.requiredPermission ?? "canExecuteWorkflows"];
  return place.organizationId === null || may
    ? null
    : `You may not run this workflow for ${name}. Ask an administrator of the platform.`;
}

/** A form without the fields that a run by the workflow's name cannot fill. */
function withoutFiles(form: RunnableForm): RunnableForm {
  return { ...form, fields: form.fields.filter(({ type }) => type !== "file") };
}

/** The workflow's parameters as a form, and below it the execution that it started. */
function Filled({ workflow, form, prefill }: FilledProps) {
  const organization = useOrganization();
  const place = useRunPlace(workflow);
  const { executionId, show } = useStartedExecution();
  const run = useRunOnce(runWorkflowMutation(useQueryClient(), place.organizationId, workflow), show);
  const runAgain = () => {
    run.again();
    focusFirstField(form.fields);
  };
  return (
    <Stack gap="lg">
      {place.canChoose && <RunPlaceControl place={place} onChoose={run.again} />}
      <Surface p="lg" maw={720}>
        <RunForm
          form={form}
          organization={{ id: organization.id, name: place.name }}
          run={run}
          prefill={prefill}
          refusal={refusal(workflow, organization, place)}
        />
      </Surface>
      {executionId !== null && (
        <ExecutionPanel organizationId={place.recordedAs} executionId={executionId} onRunAgain={runAgain} />
      )}
    </Stack>
  );
}

function FileNeeded({ workflow }: { workflow: Workflow }) {
  const { permissions } = useOrganization();
  const files = fileParameters(workflow.parameters ?? []).map(({ label }) => `“${label}”`);
  return (
    <EmptyState
      title="This workflow takes a file"
      action={
        permissions.canManageForms && workflow.exposeInForms !== false ? (
          <Button component={OrgLink} to={`/forms/new?workflow=${encodeURIComponent(workflow.name)}`}>
            Create form
          </Button>
        ) : undefined
      }
    >
      A file ({files.join(", ")}) can only be handed in with a form. Create a form for this workflow, and run that.
    </EmptyState>
  );
}

function Runnable({ workflow }: { workflow: Workflow }) {
  const organization = useOrganization();
  const { recordedAs } = useRunPlace(workflow);
  const [recordedThere] = useState(recordedAs);
  const earlier = useEarlierRun(recordedThere);
  const query = useQuery(generatedFormQuery(organization.id, workflow.name));
  const parameters = workflow.parameters ?? [];
  return (
    <>
      {fileParameters(parameters).length > 0 && (
        <Text size="sm" c="dimmed">
          Files are left out here: they can only be handed in with a saved form.
        </Text>
      )}
      {earlier?.isMissing && (
        <Notice tone="warning" title="The form could not be filled in from the earlier run." announce="status">
          <Text size="sm">It starts empty instead.</Text>
        </Notice>
      )}
      <QueryView query={query} what="the form" rows={6} rowHeight={56} back={workflows}>
        {(form) =>
          earlier === null ? null : (
            <Filled
              workflow={workflow}
              form={withoutFiles(form)}
              prefill={earlier.input === null ? undefined : toFormValues(parameters, earlier.input)}
            />
          )
        }
      </QueryView>
    </>
  );
}

function RunWorkflow({ name }: { name: string }) {
  // Read when the page opens: a file that is broken meanwhile must not take away what is being typed.
  const catalog = useQuery({ ...catalogQuery, refetchOnWindowFocus: false, refetchOnReconnect: false });
  return (
    <Page
      title={`Run ${workflowTitle(name)}`}
      maxWidth={900}
      description={
        <Text c="dimmed">
          From its parameters, without a saved form.{" "}
          <Anchor component={OrgLink} to={`/workflows/${name}`} inherit>
            About this workflow
          </Anchor>
        </Text>
      }
    >
      <QueryView query={catalog} what="the workflow" rows={6} rowHeight={56}>
        {(known) => {
          const workflow = known.workflows.find((one) => one.name === name);
          if (workflow === undefined) {
            return <NoSuchWorkflow />;
          }
          return needsFile(workflow.parameters ?? []) ? (
            <FileNeeded workflow={workflow} />
          ) : (
            <Runnable workflow={workflow} />
          );
        }}
      </QueryView>
    </Page>
  );
}

/** Runs a workflow from its parameters: a form that nobody has saved. */
export function RunWorkflowPage() {
  const { name = "" } = useParams();
  return (
    <MspOnly title={`Run ${workflowTitle(name)}`}>
      <RunWorkflow name={name} />
    </MspOnly>
  );
}
