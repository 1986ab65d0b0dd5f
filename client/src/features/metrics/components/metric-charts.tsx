import "@mantine/charts/styles.css";

import { BarChart, LineChart } from "@mantine/charts";
import { SimpleGrid, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Metrics } from "@/features/metrics/model/metrics";
import { chartPoints, chartSummary } from "@/features/metrics/model/metrics";
import { Surface } from "@/shared/ui/surface";

const height = 240;
const stays = { isAnimationActive: false };

// Room between the labels, so that none is cut.
const xAxis = { minTickGap: 24 };

interface ChartProps {
  title: string;
  /** What is to be seen, in words. */
  summary: string;
  children: ReactNode;
}

/** A picture with its words; the table below the charts has every number of it. */
function Chart({ title, summary, children }: ChartProps) {
  return (
    <Surface p="md">
      <Stack gap="xs">
        <Text fw={600} size="sm" aria-hidden>
          {title}
        </Text>
        <div role="img" aria-label={`${title}. ${summary}`}>
          {children}
        </div>
      </Stack>
    </Surface>
  );
}

/** Executions and durations over time. */
export function MetricCharts({ metrics }: { metrics: Metrics }) {
  const data = chartPoints(metrics);
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <Chart title="Executions" summary={chartSummary(metrics)}>
        <BarChart
          h={height}
          data={data}
          dataKey="label"
          type="stacked"
          withLegend
          accessibilityLayer={false}
          barProps={stays}
          xAxisProps={xAxis}
          legendProps={{ itemSorter: null }}
          yAxisProps={{ allowDecimals: false, width: 40 }}
          series={[
            { name: "succeeded", label: "Succeeded", color: "var(--app-chart-good)" },
            { name: "failed", label: "Failed or timed out", color: "var(--app-chart-bad)" },
            { name: "others", label: "Cancelled or not ended", color: "var(--app-chart-other)" },
          ]}
        />
      </Chart>
      <Chart title="Durations in seconds" summary="The table of numbers has them for each stretch of time.">
        <LineChart
          h={height}
          data={data}
          dataKey="label"
          withLegend
          connectNulls={false}
          curveType="linear"
          accessibilityLayer={false}
          lineProps={stays}
          xAxisProps={xAxis}
          legendProps={{ itemSorter: null }}
          yAxisProps={{ width: 60 }}
          valueFormatter={(value) => `${value} s`}
          series={[
            { name: "p50", label: "Half took at most", color: "var(--app-chart-good)" },
            { name: "p95", label: "95 of 100 took at most", color: "var(--app-chart-other)" },
          ]}
        />
      </Chart>
    </SimpleGrid>
  );
}
