import { Table } from "@mantine/core";

import classes from "@/features/metrics/components/buckets-table.module.css";
import type { Metrics } from "@/features/metrics/model/metrics";
import { failuresOf, rateText } from "@/features/metrics/model/metrics";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { formatDuration, Time } from "@/shared/ui/time";

/** What the charts draw, in numbers; newest first. */
export function BucketsTable({ metrics: { buckets } }: { metrics: Metrics }) {
  return (
    <Surface>
      <details className={classes.details}>
        <summary>The charts as a table</summary>
        <ScrollRegion label="Executions over time, table">
          <Table aria-label="Executions over time">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">From</Table.Th>
                <Table.Th scope="col" ta="right">
                  Executions
                </Table.Th>
                <Table.Th scope="col" ta="right">
                  Succeeded
                </Table.Th>
                <Table.Th scope="col" ta="right">
                  Failed
                </Table.Th>
                <Table.Th scope="col" ta="right">
                  Failure rate
                </Table.Th>
                <Table.Th scope="col" ta="right">
                  p50
                </Table.Th>
                <Table.Th scope="col" ta="right">
                  p95
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {buckets.toReversed().map(({ startsAt, count, byStatus, failureRate, durations }) => (
                <Table.Tr key={startsAt}>
                  <Table.Th scope="row" fw={400}>
                    <Time value={startsAt} />
                  </Table.Th>
                  <Table.Td ta="right">{count}</Table.Td>
                  <Table.Td ta="right">{byStatus.Success ?? 0}</Table.Td>
                  <Table.Td ta="right">{failuresOf(byStatus)}</Table.Td>
                  <Table.Td ta="right">{rateText(failureRate)}</Table.Td>
                  <Table.Td ta="right">{formatDuration(durations.p50Ms)}</Table.Td>
                  <Table.Td ta="right">{formatDuration(durations.p95Ms)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      </details>
    </Surface>
  );
}
