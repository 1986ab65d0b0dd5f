import { Stack, Table, Text, Title } from "@mantine/core";

import type { IntegrationCall } from "@/features/executions/model/execution";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { formatDuration, Time } from "@/shared/ui/time";

interface IntegrationCallsProps {
  calls: readonly IntegrationCall[];
  /** What people call a system. */
  systemName: (integration: string) => string;
}

/** What the execution asked of other systems. */
export function IntegrationCalls({ calls, systemName }: IntegrationCallsProps) {
  return (
    <Stack gap="xs" component="section" aria-label="Integration calls">
      <Title order={2} size="h3">
        Integration calls
      </Title>
      {calls.length === 0 ? (
        <Text size="sm" c="dimmed">
          It called no other system.
        </Text>
      ) : (
        <ScrollRegion label="Table of integration calls">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Time</Table.Th>
                <Table.Th scope="col">System</Table.Th>
                <Table.Th scope="col">Request</Table.Th>
                <Table.Th scope="col">Answer</Table.Th>
                <Table.Th scope="col" ta="right">
                  Duration
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {calls.map((call, index) => (
                <Table.Tr key={index}>
                  <Table.Td>
                    <Time value={call.timestamp} format="clock" />
                  </Table.Td>
                  <Table.Td>{systemName(call.integration)}</Table.Td>
                  <Table.Td ff="monospace">
                    {call.method} {call.endpoint}
                  </Table.Td>
                  <Table.Td>{call.statusCode ?? "No answer"}</Table.Td>
                  <Table.Td ta="right">{formatDuration(call.durationMs)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      )}
    </Stack>
  );
}
