import { Group, Stack, Text } from "@mantine/core";

import { ServiceStatus } from "@/features/metrics/components/service-status";
import type { ServiceHealth } from "@/features/metrics/model/health";
import { partsOf } from "@/features/metrics/model/health";
import type { Metrics } from "@/features/metrics/model/metrics";
import { failuresOf, rateText, windowWords } from "@/features/metrics/model/metrics";
import { Surface } from "@/shared/ui/surface";

interface Service {
  name: string;
  /** Undefined until it has answered. */
  health: ServiceHealth | undefined;
  /** It did not answer at all. */
  isAway: boolean;
}

interface HealthSummaryProps {
  services: readonly Service[];
  metrics: Metrics | undefined;
}

/** What of a service does not work, in a line. */
function troubles(health: ServiceHealth | undefined): string {
  const wrong = health === undefined ? [] : partsOf(health).filter(({ status }) => status !== "ok");
  return wrong.map(({ name, detail }) => (detail === "" ? name : `${name}: ${detail}`)).join("; ");
}

function ServiceLine({ name, health, isAway }: Service) {
  const status = isAway ? "down" : health?.status;
  const trouble = isAway ? "It does not answer." : troubles(health);
  return (
    <div>
      <Group justify="space-between" mih={24}>
        <Text size="sm" fw={500}>
          {name}
        </Text>
        {status !== undefined && <ServiceStatus status={status} />}
      </Group>
      {trouble !== "" && (
        <Text size="xs" c="dimmed">
          {trouble}
        </Text>
      )}
    </div>
  );
}

function lately({ total, window }: Metrics): string {
  if (total.count === 0) {
    return `${windowWords[window]}: nothing was run.`;
  }
  const failures = failuresOf(total.byStatus);
  const failed = failures === 0 ? "none failed" : `${failures} failed (${rateText(total.failureRate)})`;
  return `${windowWords[window]}: ${total.count} ${total.count === 1 ? "execution" : "executions"}, ${failed}.`;
}

/** How both services are, and how the last executions went, in a few lines. */
export function HealthSummary({ services, metrics }: HealthSummaryProps) {
  return (
    <Surface p="md">
      <Stack gap="xs">
        {services.map((service) => (
          <ServiceLine key={service.name} {...service} />
        ))}
        {metrics !== undefined && <Text size="sm">{lately(metrics)}</Text>}
      </Stack>
    </Surface>
  );
}
