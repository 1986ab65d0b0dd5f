import { Button, Group, SegmentedControl, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { HealthSchedules } from "@/app/pages/health-schedules";
import { MspOnly } from "@/app/pages/msp-only";
import { engineHealthQuery, managementHealthQuery, metricsQuery } from "@/features/metrics/api";
import { BucketsTable } from "@/features/metrics/components/buckets-table";
import { LazyCharts } from "@/features/metrics/components/lazy-charts";
import { MetricTotals } from "@/features/metrics/components/metric-totals";
import { ServiceHealthCard } from "@/features/metrics/components/service-health";
import { TalliesTable } from "@/features/metrics/components/tallies-table";
import type { Metrics, MetricsWindow } from "@/features/metrics/model/metrics";
import { scopeText, windowWords } from "@/features/metrics/model/metrics";
import { catalogQuery } from "@/features/workflows/api";
import { ImportErrors } from "@/features/workflows/components/import-errors";
import { useMe } from "@/shared/session/session-context";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { Time } from "@/shared/ui/time";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

const windows: MetricsWindow[] = ["24h", "7d"];

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={3}>{title}</Title>
      {children}
    </Stack>
  );
}

function Numbers({ metrics }: { metrics: Metrics }) {
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {scopeText(metrics.organizations)} Counted <Time value={metrics.endsAt} format="clock" />.
      </Text>
      <MetricTotals metrics={metrics} />
      {metrics.total.count === 0 ? (
        <Text c="dimmed">Nothing was run in this time.</Text>
      ) : (
        <>
          <LazyCharts metrics={metrics} />
          <BucketsTable metrics={metrics} />
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Part title="Failing most">
              <TalliesTable label="Failing most" tallies={metrics.failingWorkflows} none="No workflow has failed." />
            </Part>
            <Part title="Slowest">
              <TalliesTable label="Slowest" tallies={metrics.slowestWorkflows} none="No workflow has ended yet." />
            </Part>
          </SimpleGrid>
        </>
      )}
    </Stack>
  );
}

function Services() {
  const management = useQuery(managementHealthQuery);
  const engine = useQuery(engineHealthQuery);
  const catalog = useQuery(catalogQuery);
  return (
    <Stack gap="md" component="section" aria-label="Services">
      <Title order={2}>Services</Title>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Stack>
          <QueryView query={management} what="the health of the management service">
            {(health) => <ServiceHealthCard name="Management service" health={health} />}
          </QueryView>
        </Stack>
        <Stack>
          <QueryView query={engine} what="the health of the workflow engine">
            {(health) => <ServiceHealthCard name="Workflow engine" health={health} />}
          </QueryView>
        </Stack>
      </SimpleGrid>
      {catalog.data !== undefined && <ImportErrors errors={catalog.data.errors} />}
    </Stack>
  );
}

function Health() {
  const { isAdmin } = useMe();
  const [chosen, setChosen] = useUrlFilter("window");
  const window = windows.find((one) => one === chosen) ?? "24h";
  const metrics = useQuery(metricsQuery(window));
  const all = [useQuery(managementHealthQuery), useQuery(engineHealthQuery), useQuery(catalogQuery), metrics];
  return (
    <Page
      title="Health"
      description="What the platform stands on, and how executions went."
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={all.some((query) => query.isRefetching)}
          onClick={() => all.forEach((query) => void query.refetch())}
        >
          Refresh
        </Button>
      }
    >
      <Stack gap="xl">
        <Services />
        {isAdmin && <HealthSchedules />}
        <Stack gap="md" component="section" aria-label="Executions">
          <Group justify="space-between">
            <Title order={2}>Executions</Title>
            <SegmentedControl
              aria-label="How far back"
              value={window}
              onChange={(value) => setChosen(value === "24h" ? "" : value)}
              data={windows.map((value) => ({ value, label: windowWords[value] }))}
            />
          </Group>
          <QueryView query={metrics} what="the metrics" rows={4} rowHeight={80}>
            {(data) => <Numbers metrics={data} />}
          </QueryView>
        </Stack>
      </Stack>
    </Page>
  );
}

/** How the platform is, and how executions went lately. */
export function HealthPage() {
  return (
    <MspOnly title="Health">
      <Health />
    </MspOnly>
  );
}
