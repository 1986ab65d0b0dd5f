import { Anchor, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams, useSearchParams } from "react-router";

import { useStartedExecution } from "@/app/pages/use-started-execution";
import { forms } from "@/app/pages/ways-back";
import { ExecutionPanel } from "@/features/executions/components/execution-panel";
import { useEarlierRun } from "@/features/executions/hooks/use-earlier-run";
import { formQuery } from "@/features/forms/api";
import { RunForm } from "@/features/forms/components/run-form";
import { focusFirstField } from "@/features/forms/hooks/use-field";
import { useFormRun } from "@/features/forms/hooks/use-form-run";
import type { FormDefinition } from "@/features/forms/model/fields";
import type { LeftEmpty } from "@/features/forms/model/prefill";
import { prefillFromRun, prefillFromUrl } from "@/features/forms/model/prefill";
import { OrgLink } from "@/shared/session/org-link";
import type { Me, MyOrganization } from "@/shared/session/me";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";
import { Notice } from "@/shared/ui/notice";
import { Page } from "@/shared/ui/page";
import { Surface } from "@/shared/ui/surface";

interface FilledFormProps {
  form: FormDefinition;
  organization: MyOrganization;
  prefill: Record<string, unknown>;
}

/** What an earlier run could not fill in. */
function LeftEmptyNotice({ left }: { left: readonly LeftEmpty[] }) {
  return left.length === 0 ? null : (
    <Notice tone="info" title="Filled in from the earlier run, but for these:" announce="status">
      <List size="sm">
        {left.map(({ label, reason }) => (
          <List.Item key={label}>
            {label}: {reason}.
          </List.Item>
        ))}
      </List>
    </Notice>
  );
}

/** Why this person cannot run this form here, if so; the service decides in any case. */
function refusal(me: Me, organization: MyOrganization, form: FormDefinition): string | null {
  if (!form.isActive) {
    return "This form is switched off.";
  }
  return me.userType === "MSP" && !organization.permissions.canExecuteWorkflows
    ? `You may not run workflows for ${organization.name}. Ask an administrator of the platform.`
    : null;
}

/** For those who need not know how a run is carried on. */
function GoesOn() {
  return (
    <Text size="sm">
      You may leave this page: it goes on, and you find the result in{" "}
      <Anchor component={OrgLink} to="/executions" inherit>
        My executions
      </Anchor>
      .
    </Text>
  );
}

/** The form, and below it the execution that it started. */
function FilledForm({ form, organization, prefill }: FilledFormProps) {
  const me = useMe();
  const { executionId, show } = useStartedExecution();
  const run = useFormRun(organization.id, form.id, show);
  const runAgain = () => {
    run.again();
    focusFirstField(form.fields);
  };
  return (
    <Stack gap="lg">
      <Surface p="lg" maw={720}>
        <RunForm
          form={form}
          organization={organization}
          run={run}
          prefill={prefill}
          refusal={refusal(me, organization, form)}
          showBackground={me.userType === "MSP"}
        />
      </Surface>
      {executionId !== null && (
        <ExecutionPanel
          organizationId={organization.id}
          executionId={executionId}
          onRunAgain={runAgain}
          meanwhile={me.userType === "ORG" && <GoesOn />}
        />
      )}
    </Stack>
  );
}

/** Fill in a form, run it, and see what comes of it, all on one page. */
export function RunFormPage() {
  const { formId = "" } = useParams();
  const organization = useOrganization();
  const [params] = useSearchParams();
  const earlier = useEarlierRun(organization.id);
  const query = useQuery(formQuery(organization.id, formId));
  const form = query.data;
  const [addressAtFirst] = useState(params);

  if (form === undefined || earlier === null) {
    return (
      <Page title={form?.name ?? "Form"} maxWidth={900}>
        {query.isError ? (
          <ErrorNotice
            error={query.error}
            title="The form could not be loaded."
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
            back={forms}
          />
        ) : (
          <Loading label="Loading the form" rows={6} height={56} />
        )}
      </Page>
    );
  }
  const { values, left } = prefillFromRun(form.fields, earlier.input ?? {});
  const fromUrl = prefillFromUrl(form.fields, addressAtFirst);
  return (
    <Page title={form.name} description={form.description ?? undefined} maxWidth={900}>
      {earlier.isMissing && (
        <Notice tone="warning" title="The form could not be filled in from the earlier run." announce="status">
          <Text size="sm">It starts empty instead.</Text>
        </Notice>
      )}
      <LeftEmptyNotice left={left} />
      <FilledForm form={form} organization={organization} prefill={{ ...values, ...fromUrl }} />
    </Page>
  );
}
