import { Group, Stack, Table, Text, Title } from "@mantine/core";

import { ServiceStatus } from "@/features/metrics/components/service-status";
import type { ServiceHealth } from "@/features/metrics/model/health";
import { partsOf } from "@/features/metrics/model/health";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { formatDuration } from "@/shared/ui/time";

/** A service and everything it stands on. */
export function ServiceHealthCard({ name, health }: { name: string; health: ServiceHealth }) {
  return (
    <Surface component="section" aria-label={name}>
      <Group justify="space-between" p="md" pb="xs">
        <Title order={3}>{name}</Title>
        <ServiceStatus status={health.status} />
      </Group>
      <ScrollRegion label={`${name}, table`}>
        <Table aria-label={`Parts of ${name}`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Part</Table.Th>
              <Table.Th scope="col">Status</Table.Th>
              <Table.Th scope="col" ta="right">
                Answered in
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {partsOf(health).map((part) => (
              <Table.Tr key={part.name}>
                <Table.Th scope="row" fw={500}>
                  <Stack gap={0}>
                    {part.name}
                    {part.detail !== "" && (
                      <Text size="xs" c="dimmed" fw={400}>
                        {part.detail}
                      </Text>
                    )}
                  </Stack>
                </Table.Th>
                <Table.Td>
                  <ServiceStatus status={part.status} />
                </Table.Td>
                <Table.Td ta="right">{formatDuration(part.durationMs)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
