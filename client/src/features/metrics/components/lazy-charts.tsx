import { Skeleton } from "@mantine/core";
import { lazy, Suspense, useDeferredValue } from "react";

import type { Metrics } from "@/features/metrics/model/metrics";

const MetricCharts = lazy(async () => ({
  default: (await import("@/features/metrics/components/metric-charts")).MetricCharts,
}));

function Placeholder() {
  return <Skeleton height={310} role="status" aria-label="Loading the charts" />;
}

/** The charts, whose library loads only for those who look at them; they take long, so the numbers are there first. */
export function LazyCharts({ metrics }: { metrics: Metrics }) {
  const shown = useDeferredValue(metrics, null);
  return (
    <Suspense fallback={<Placeholder />}>
      {shown === null ? <Placeholder /> : <MetricCharts metrics={shown} />}
    </Suspense>
  );
}
