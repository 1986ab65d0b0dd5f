import { Button, Group, Switch, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { GdapCustomer } from "@/features/organizations/api";
import { gdapCustomersQuery, importCustomersMutation } from "@/features/organizations/api";
import { CustomersTable } from "@/features/organizations/components/customers-table";
import { GdapError } from "@/features/organizations/components/gdap-error";
import { ImportResults } from "@/features/organizations/components/import-results";
import { canImport, matchesCustomer } from "@/features/organizations/model/customers";
import { OrgLink } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { Loading } from "@/shared/ui/loading";
import { Page } from "@/shared/ui/page";
import { SearchInput } from "@/shared/ui/search-input";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

const mostAtOnce = 200;

function count(number: number): string {
  return `${number} ${number === 1 ? "customer" : "customers"}`;
}

function Choice({ customers }: { customers: readonly GdapCustomer[] }) {
  const [search, setSearch] = useUrlFilter("q");
  const [all, setAll] = useUrlFilter("all");
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const run = useMutation(importCustomersMutation(useQueryClient()));
  const wanted = customers.filter(({ tenantId }) => chosen.has(tenantId)).map(({ tenantId }) => tenantId);
  const shown = customers
    .filter((customer) => all === "yes" || canImport(customer))
    .filter((customer) => matchesCustomer(customer, search));

  if (run.data !== undefined) {
    return (
      <>
        <Text role="status">
          {`${run.data.filter(({ outcome }) => outcome === "created").length} of ${count(run.data.length)} imported.`}
        </Text>
        <ImportResults
          results={run.data}
          customerNames={new Map(customers.map(({ tenantId, displayName }) => [tenantId, displayName]))}
        />
        <Group>
          <Button component={OrgLink} to="/organizations">
            All organizations
          </Button>
          <Button
            variant="default"
            onClick={() => {
              setChosen(new Set());
              run.reset();
            }}
          >
            Import others
          </Button>
        </Group>
      </>
    );
  }
  return (
    <>
      <Group justify="space-between">
        <Group gap="md">
          <SearchInput label="Search customers" value={search} onChange={setSearch} />
          <Switch
            label="Show those that cannot be imported"
            checked={all === "yes"}
            onChange={({ currentTarget: { checked } }) => setAll(checked ? "yes" : "")}
          />
        </Group>
        <Button
          disabled={wanted.length === 0 || wanted.length > mostAtOnce}
          loading={run.isPending}
          onClick={() => run.mutate(wanted)}
        >
          {wanted.length === 0 ? "Import" : `Import ${count(wanted.length)}`}
        </Button>
      </Group>
      {wanted.length > mostAtOnce && <Text c="dimmed">At most {mostAtOnce} customers can be imported at once.</Text>}
      {run.isError && <GdapError error={run.error} title="The import did not go through." />}
      {shown.length === 0 ? (
        <EmptyState title={search === "" ? "Every customer has an organization" : "No customer matches"}>
          {search === ""
            ? "A new GDAP relationship appears here as soon as the customer has approved it."
            : "The search looks at names and tenant ids."}
        </EmptyState>
      ) : (
        <CustomersTable customers={shown} chosen={chosen} onChoose={setChosen} />
      )}
    </>
  );
}

function Customers() {
  const query = useQuery(gdapCustomersQuery);
  if (query.data !== undefined) {
    return query.data.length === 0 ? (
      <EmptyState title="No tenant trusts you yet">
        Ask the customer for a GDAP relationship in Partner Center; it appears here once they approve it.
      </EmptyState>
    ) : (
      <Choice customers={query.data} />
    );
  }
  return query.isError ? (
    <GdapError
      error={query.error}
      title="Microsoft Graph does not tell your customers."
      isRetrying={query.isFetching}
      onRetry={() => void query.refetch()}
    />
  ) : (
    <Loading label="Asking Microsoft Graph for your customers" rows={8} />
  );
}

/** Makes organizations of the tenants that trust the MSP, many at once. */
export function OrganizationImportPage() {
  const { isAdmin } = useMe();
  return (
    <Page
      title="Import from GDAP"
      description="The tenants that gave you delegated admin rights. Each one you choose becomes an organization, linked to its tenant."
      actions={
        <Button variant="default" flex="none" component={OrgLink} to="/organizations">
          All organizations
        </Button>
      }
    >
      {isAdmin ? (
        <Customers />
      ) : (
        <EmptyState title="Only an admin can import">Ask an administrator of the platform.</EmptyState>
      )}
    </Page>
  );
}
