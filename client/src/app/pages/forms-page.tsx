import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { ManagedForms } from "@/app/pages/managed-forms";
import { formsQuery } from "@/features/forms/api";
import { FormsList } from "@/features/forms/components/forms-list";
import { useFavourites } from "@/features/forms/hooks/use-favourites";
import type { FormDefinition } from "@/features/forms/model/fields";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";
import { Page } from "@/shared/ui/page";
import { SearchInput } from "@/shared/ui/search-input";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

function matching(forms: readonly FormDefinition[], search: string): FormDefinition[] {
  const wanted = search.trim().toLocaleLowerCase();
  return forms.filter((form) => `${form.name} ${form.description ?? ""}`.toLocaleLowerCase().includes(wanted));
}

/** The forms a person may run here. */
function RunnableForms() {
  const me = useMe();
  const organization = useOrganization();
  const query = useQuery(formsQuery(organization.id));
  const [search, setSearch] = useUrlFilter("q");
  const favourites = useFavourites(me.id);
  const isMsp = me.userType === "MSP";
  const forms = query.data ?? [];
  const found = matching(forms, search);

  return (
    <Page
      title="Forms"
      description={`What you can run for ${organization.name}.`}
      maxWidth={900}
      actions={forms.length > 0 && <SearchInput label="Search forms" value={search} onChange={setSearch} />}
    >
      {query.isPending && <Loading label="Loading forms" height={64} />}
      {query.isError && query.data === undefined && (
        <ErrorNotice
          error={query.error}
          title="The forms could not be loaded."
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      )}
      {query.isSuccess && forms.length === 0 && (
        <EmptyState title="No forms yet">
          {me.userType === "ORG"
            ? "No form has been given to you. Ask your IT service provider which forms you should be able to run."
            : `There is no form that you may run for ${organization.name}. Choose another organization at the top, or ask an administrator for access.`}
        </EmptyState>
      )}
      {found.length > 0 && <FormsList forms={favourites.first(found)} label="Forms" favourites={isMsp ? favourites : undefined} />}
      {forms.length > 0 && found.length === 0 && (
        <EmptyState
          title={`No form matches “${search}”`}
          action={
            <Button variant="default" onClick={() => setSearch("")}>
              Show all forms
            </Button>
          }
        >
          The search looks at names and descriptions.
        </EmptyState>
      )}
    </Page>
  );
}

/** Forms to run, and for those who manage them, to change. */
export function FormsPage() {
  const { permissions } = useOrganization();
  return permissions.canManageForms ? <ManagedForms /> : <RunnableForms />;
}
