import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { useFormViewers } from "@/app/pages/form-viewers";
import { forms } from "@/app/pages/ways-back";
import { catalogQuery, generatedFormQuery, savedFormQuery } from "@/features/forms/builder/api";
import { FormBuilder } from "@/features/forms/builder/components/form-builder";
import { savedForm } from "@/features/forms/builder/hooks/use-save";
import { toDraft } from "@/features/forms/builder/model/convert";
import { emptyDraft } from "@/features/forms/builder/model/draft";
import { OrgLink, useOrgPath } from "@/shared/session/org-link";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";
import { Notice } from "@/shared/ui/notice";
import { Page } from "@/shared/ui/page";

function Refused({ title, children }: { title: string; children: string }) {
  return (
    <Page title={title} maxWidth={900}>
      <Notice tone="warning" title="You cannot change this form." announce="alert">
        <Text size="sm">{children}</Text>
      </Notice>
      <Button component={OrgLink} to="/forms" variant="default" w="fit-content">
        All forms
      </Button>
    </Page>
  );
}

/** What the builder starts from: a saved form, one made from a workflow, or nothing. */
function useStart(formId: string | undefined, workflow: string | null) {
  const organization = useOrganization();
  const isMade = formId === undefined && workflow !== null;
  const saved = useQuery({ ...savedFormQuery(organization.id, formId ?? ""), enabled: formId !== undefined });
  const made = useQuery({ ...generatedFormQuery(organization.id, workflow ?? ""), enabled: isMade });
  const catalog = useQuery(catalogQuery);
  const needed = [catalog, ...(formId === undefined ? [] : [saved]), ...(isMade ? [made] : [])];
  return {
    saved: saved.data === undefined ? null : savedForm(saved.data),
    made: made.data === undefined ? null : toDraft(made.data),
    catalog: catalog.data,
    isPending: needed.some((query) => query.isPending),
    failed: needed.find((query) => query.isError),
  };
}

/** Makes a form, or changes one. */
export function FormBuilderPage() {
  const me = useMe();
  const organization = useOrganization();
  const { formId } = useParams();
  const [params] = useSearchParams();
  const start = useStart(formId, params.get("workflow"));
  const viewers = useFormViewers(formId);
  const navigate = useNavigate();
  const orgPath = useOrgPath();
  const title = formId === undefined ? "New form" : "Edit form";

  if (!organization.permissions.canManageForms) {
    return <Refused title={title}>{`You may not manage forms for ${organization.name}. Ask an administrator of the platform.`}</Refused>;
  }
  if (start.failed !== undefined) {
    const { failed } = start;
    return (
      <Page title={title} maxWidth={900}>
        <ErrorNotice
          error={failed.error}
          title="The form could not be opened."
          onRetry={() => void failed.refetch()}
          isRetrying={failed.isFetching}
          back={forms}
        />
      </Page>
    );
  }
  if (start.isPending || start.catalog === undefined) {
    return (
      <Page title={title}>
        <Loading label="Loading the form" rows={6} height={56} />
      </Page>
    );
  }
  if (start.saved?.draft.isGlobal && !me.isAdmin) {
    return <Refused title={title}>A form of all organizations is the admins’ to change.</Refused>;
  }
  return (
    <FormBuilder
      key={formId ?? `new:${params.get("workflow") ?? ""}`}
      start={start.saved?.draft ?? start.made ?? emptyDraft}
      saved={start.saved}
      catalog={start.catalog}
      organization={organization}
      isAdmin={me.isAdmin}
      viewers={viewers}
      onCreated={(id) => void navigate(orgPath(`/forms/${id}/edit`), { replace: true })}
    />
  );
}
