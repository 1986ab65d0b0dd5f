import { SimpleGrid, Stack } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { HomeHealth } from "@/app/pages/home-health";
import { HomePart } from "@/app/pages/home-part";
import { useRunNames } from "@/app/pages/use-run-names";
import { executionsQuery } from "@/features/executions/api";
import { RecentExecutions } from "@/features/executions/components/recent-executions";
import { formsQuery } from "@/features/forms/api";
import { FormsList } from "@/features/forms/components/forms-list";
import { useFavourites } from "@/features/forms/hooks/use-favourites";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";
import { Page } from "@/shared/ui/page";

const shownForms = 8;
const shownExecutions = 20;

/** Forms to run; a technician's favourites come first. */
function Forms({ title }: { title: string }) {
  const me = useMe();
  const isMsp = me.userType === "MSP";
  const favourites = useFavourites(me.id);
  const organization = useOrganization();
  const query = useQuery(formsQuery(organization.id));
  const forms = favourites.first((query.data ?? []).filter(({ isActive }) => isActive));
  const hasFavourites = forms.some(({ id }) => favourites.has(id));
  const link = forms.length > shownForms ? { to: "/forms", label: `All ${forms.length} forms` } : undefined;
  return (
    <HomePart title={title} note={isMsp && hasFavourites ? "favourites first" : undefined} link={link}>
      {query.isPending && <Loading label="Loading forms" rows={4} height={56} />}
      {query.isError && (
        <ErrorNotice error={query.error} title="The forms could not be loaded." onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && forms.length === 0 && (
        <EmptyState title="No forms yet">Nobody has made a form that you may run for {organization.name}.</EmptyState>
      )}
      {forms.length > 0 && (
        <FormsList
          forms={forms.slice(0, shownForms)}
          label={title}
          favourites={isMsp ? favourites : undefined}
        />
      )}
    </HomePart>
  );
}

function Executions({ mine, title }: { mine: boolean; title: string }) {
  const me = useMe();
  const organization = useOrganization();
  const of = mine ? { userId: me.id } : { organizationId: organization.id };
  const query = useInfiniteQuery(executionsQuery(of, shownExecutions));
  const executions = query.data?.pages[0]?.items ?? [];
  const { nameOf } = useRunNames();
  const link = executions.length > 0 ? { to: "/executions", label: "All executions" } : undefined;
  return (
    <HomePart title={title} note={mine ? undefined : "failures of the last day first"} link={link}>
      {query.isPending && <Loading label="Loading executions" rows={4} height={44} />}
      {query.isError && (
        <ErrorNotice
          error={query.error}
          title="The executions could not be loaded."
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isSuccess && executions.length === 0 && (
        <EmptyState title="Nothing has been run yet">Choose a form: what it did is then listed here.</EmptyState>
      )}
      {executions.length > 0 && (
        <RecentExecutions executions={executions} label={title} failuresFirst={!mine} nameOf={nameOf} />
      )}
    </HomePart>
  );
}

/** Where a person starts: what they can run, and what has been run. */
export function HomePage() {
  const me = useMe();
  const organization = useOrganization();
  const seesAll = me.userType === "MSP" && organization.permissions.canViewHistory;
  const forms = <Forms key="forms" title={me.userType === "ORG" ? "Your forms" : "Forms"} />;
  const executions = (
    <Executions key="executions" mine={!seesAll} title={seesAll ? "Recent executions" : "Your last executions"} />
  );
  return (
    <Page
      title={me.userType === "ORG" ? `Welcome, ${me.name}` : organization.name}
      description={me.userType === "ORG" ? `Choose a form to run for ${organization.name}.` : undefined}
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
        {me.userType === "ORG" ? (
          [forms, executions]
        ) : (
          <>
            {executions}
            <Stack gap="xl">
              {forms}
              <HomeHealth />
            </Stack>
          </>
        )}
      </SimpleGrid>
    </Page>
  );
}
