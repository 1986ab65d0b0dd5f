import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { MspOnly } from "@/app/pages/msp-only";
import { catalogQuery } from "@/features/workflows/api";
import { CatalogFilters } from "@/features/workflows/components/catalog-filters";
import { ImportErrors } from "@/features/workflows/components/import-errors";
import { ProvidersTable } from "@/features/workflows/components/providers-table";
import { WorkflowsTable } from "@/features/workflows/components/workflows-table";
import { categoriesOf, filterWorkflows, tagsOf } from "@/features/workflows/model/catalog";
import type { DataProvider, Workflow } from "@/features/workflows/model/workflow";
import { EmptyState } from "@/shared/ui/empty-state";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrlFilter } from "@/shared/ui/use-url-filter";
import { useUrlFilters } from "@/shared/ui/use-url-filters";

function Workflows({ workflows }: { workflows: readonly Workflow[] }) {
  const [{ q: search, category, tag }, set] = useUrlFilters("q", "category", "tag");
  const found = filterWorkflows(workflows, { search, category, tag });
  if (workflows.length === 0) {
    return (
      <EmptyState title="No workflows yet">
        Put a Python file with a function under @workflow into workflow-engine/workflows: it is found, checked and
        listed here without registering it anywhere.
      </EmptyState>
    );
  }
  return (
    <>
      <CatalogFilters
        search={search}
        onSearch={(value) => set({ q: value })}
        category={category}
        onCategory={(value) => set({ category: value })}
        categories={categoriesOf(workflows)}
        tag={tag}
        onTag={(value) => set({ tag: value })}
        tags={tagsOf(workflows)}
      />
      {found.length === 0 ? (
        <EmptyState
          title="No workflow matches"
          action={
            <Button variant="default" onClick={() => set({ q: "", category: "", tag: "" })}>
              Show all workflows
            </Button>
          }
        >
          Search for fewer words, or remove a filter.
        </EmptyState>
      ) : (
        <WorkflowsTable workflows={found} />
      )}
    </>
  );
}

function Providers({ providers }: { providers: readonly DataProvider[] }) {
  return providers.length === 0 ? (
    <EmptyState title="No data providers yet">
      A function under @data_provider in workflow-engine/data_providers feeds the choices of a form&apos;s field.
    </EmptyState>
  ) : (
    <ProvidersTable providers={providers} />
  );
}

function Catalog() {
  const [view, setView] = useUrlFilter("view");
  const query = useQuery(catalogQuery);
  const isProviders = view === "providers";
  return (
    <Page
      title="Workflows"
      description={
        isProviders ? "What feeds the choices of form fields." : "What the platform can do, as its author files declare."
      }
      actions={
        <SegmentedControl
          aria-label="What to list"
          value={isProviders ? view : "workflows"}
          onChange={(value) => setView(value === "workflows" ? "" : value)}
          data={[
            { value: "workflows", label: "Workflows" },
            { value: "providers", label: "Data providers" },
          ]}
        />
      }
    >
      <QueryView query={query} what="the catalog" rows={8} rowHeight={48}>
        {({ workflows, dataProviders, errors }) => (
          <>
            <ImportErrors errors={errors} />
            {isProviders ? <Providers providers={dataProviders} /> : <Workflows workflows={workflows} />}
          </>
        )}
      </QueryView>
    </Page>
  );
}

/** What can be run: searched, narrowed down, and with the files that could not be imported on top. */
export function WorkflowsPage() {
  return (
    <MspOnly title="Workflows">
      <Catalog />
    </MspOnly>
  );
}
