import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

import type { FormRead } from "@/api/generated/management-api/types.gen";
import { deleteFormMutation, formRecordsQuery, updateFormMutation } from "@/features/forms/builder/api";
import { toDraft, toWrite } from "@/features/forms/builder/model/convert";
import { FormsTable } from "@/features/forms/components/forms-table";
import { useFavourites } from "@/features/forms/hooks/use-favourites";
import { OrgLink } from "@/shared/session/org-link";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { notifyDone } from "@/shared/ui/notify";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { SearchInput } from "@/shared/ui/search-input";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

interface Asking {
  what: "delete" | "switch";
  form: FormRead;
}

function touched({ isGlobal }: FormRead, organizationName: string): string {
  return isGlobal ? "people of all organizations" : `people of ${organizationName}`;
}

/** Asks before a form goes, or can no longer be run. */
function FormDialog({ asking: { what, form }, onClose }: { asking: Asking; onClose: () => void }) {
  const organization = useOrganization();
  const queryClient = useQueryClient();
  const update = useMutation(updateFormMutation(queryClient, organization.id));
  const remove = useMutation(deleteFormMutation(queryClient, organization.id));
  const isDelete = what === "delete";
  const done = (message: string) => ({
    onSuccess: () => {
      onClose();
      notifyDone(message);
    },
  });
  const confirm = () => {
    if (isDelete) {
      remove.mutate({ formId: form.id, etag: form.etag }, done(`“${form.name}” is deleted.`));
    } else {
      const body = { ...toWrite(toDraft(form)), isActive: !form.isActive };
      const message = `“${form.name}” is ${form.isActive ? "inactive now" : "active"}.`;
      update.mutate({ formId: form.id, body, etag: form.etag }, done(message));
    }
  };
  const verb = isDelete ? "Delete" : form.isActive ? "Deactivate" : "Activate";
  return (
    <ConfirmDialog
      title={`${verb} “${form.name}”?`}
      action={`${verb} the form`}
      isDestructive={isDelete || form.isActive}
      isRunning={update.isPending || remove.isPending}
      error={update.error ?? remove.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Text>
        {isDelete
          ? `The form and its ${form.formSchema.fields?.length ?? 0} fields are gone for good, and roles that have it lose it. ${touched(form, organization.name).replace(/^p/, "P")} can no longer run it.`
          : form.isActive
            ? `Nobody can run it until it is active again: ${touched(form, organization.name)} no longer see it. Its fields, and the roles that have it, stay.`
            : `It can be run again by ${touched(form, organization.name)} who may.`}
      </Text>
      {isDelete && <Text>Executions that it started, and their history, stay.</Text>}
    </ConfirmDialog>
  );
}

/** The forms of an organization and of all, for those who build them. */
export function ManagedForms() {
  const me = useMe();
  const organization = useOrganization();
  const query = useQuery(formRecordsQuery(organization.id));
  const favourites = useFavourites(me.id);
  const [search, setSearch] = useUrlFilter("q");
  const [scope, setScope] = useUrlFilter("scope");
  const [state, setState] = useUrlFilter("state");
  const [asking, setAsking] = useState<Asking | null>(null);
  const wanted = search.trim().toLocaleLowerCase();
  const matches = (form: FormRead) =>
    `${form.name} ${form.description ?? ""} ${form.linkedWorkflow}`.toLocaleLowerCase().includes(wanted) &&
    (scope === "" || (scope === "all") === form.isGlobal) &&
    (state === "" || (state === "active") === form.isActive);
  const [params, setParams] = useSearchParams();
  const showAll = () => {
    // In one step: each filter cleared for itself would bring the others back.
    const org = params.get("org");
    setParams(org === null ? {} : { org }, { replace: true });
  };

  return (
    <Page
      title="Forms"
      description={`What can be run for ${organization.name}.`}
      actions={
        <Group>
          <SearchInput label="Search forms" value={search} onChange={setSearch} />
          <Button component={OrgLink} to="/forms/new">
            New form
          </Button>
        </Group>
      }
    >
      <Group>
        <SegmentedControl
          aria-label="Whose forms"
          value={scope}
          onChange={setScope}
          data={[
            { value: "", label: "All" },
            { value: "one", label: organization.name },
            { value: "all", label: "All organizations’" },
          ]}
        />
        <SegmentedControl
          aria-label="Which forms"
          value={state}
          onChange={setState}
          data={[
            { value: "", label: "All" },
            { value: "active", label: "Active" },
            { value: "inactive", label: "Inactive" },
          ]}
        />
      </Group>
      <QueryView query={query} what="the forms" rows={6}>
        {(forms) => {
          const found = forms.filter(matches);
          if (forms.length === 0) {
            return (
              <EmptyState
                title="No forms yet"
                action={
                  <Button component={OrgLink} to="/forms/new">
                    New form
                  </Button>
                }
              >
                A form lets people run a workflow without knowing it. Build one from a workflow’s parameters.
              </EmptyState>
            );
          }
          return found.length === 0 ? (
            <EmptyState
              title="No form matches"
              action={
                <Button variant="default" onClick={showAll}>
                  Show all forms
                </Button>
              }
            >
              The search looks at names, descriptions and workflows.
            </EmptyState>
          ) : (
            <FormsTable
              forms={favourites.first(found)}
              organizationName={organization.name}
              favourites={favourites}
              canChange={(form) => !form.isGlobal || me.isAdmin}
              onSwitch={(form) => setAsking({ what: "switch", form })}
              onDelete={(form) => setAsking({ what: "delete", form })}
            />
          );
        }}
      </QueryView>
      {asking !== null && <FormDialog asking={asking} onClose={() => setAsking(null)} />}
    </Page>
  );
}
