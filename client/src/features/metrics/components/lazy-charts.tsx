import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";

import type { Metrics } from "@/features/metrics/model/metrics";

const MetricCharts = lazy(async () => ({
  default: (await import("@/features/metrics/components/metric-charts")).MetricCharts,
}));

/** The charts, whose library loads only for those who look at them. */
export function LazyCharts({ metrics }: { metrics: Metrics }) {
  return (
    <Suspense fallback={<Skeleton height={310} role="status" aria-label="Loading the charts" />}>
      <MetricCharts metrics={metrics} />
    </Suspense>
  );
}
