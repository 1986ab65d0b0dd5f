import { failuresOf, rateText } from "@/features/metrics/model/metrics";
import type { Metrics } from "@/features/metrics/model/metrics";
import { SimpleGrid, Text } from "@mantine/core";

import { Surface } from "@/shared/ui/surface";
import { formatDuration } from "@/shared/ui/time";

interface TotalProps {
  name: string;
  value: string;
  note: string;
}

function Total({ name, value, note }: TotalProps) {
  return (
    <Surface p="md">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz={26} fw={650} lh={1.3}>
        {value}
      </Text>
      <Text size="sm" c="dimmed">
        {note}
      </Text>
    </Surface>
  );
}

/** The window in four numbers. */
export function MetricTotals({ metrics: { total } }: { metrics: Metrics }) {
  const { count, byStatus, failureRate, durations } = total;
  const live = (byStatus.Running ?? 0) + (byStatus.Pending ?? 0);
  const { Failed: failed = 0, TimedOut: timedOut = 0 } = byStatus;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="md">
      <Total name="Executions" value={String(count)} note={`${live} waiting or running now`} />
      <Total
        name="Failure rate"
        value={rateText(failureRate)}
        note={failuresOf(byStatus) === 0 ? "none failed" : `${failed} failed, ${timedOut} timed out`}
      />
      <Total name="Half took at most" value={formatDuration(durations.p50Ms)} note="median duration (p50)" />
      <Total
        name="95 of 100 took at most"
        value={formatDuration(durations.p95Ms)}
        note={`p95; the longest ${formatDuration(durations.maxMs)}`}
      />
    </SimpleGrid>
  );
}
