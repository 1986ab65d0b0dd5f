import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "react-router";

import { globalOrganization } from "@/features/executions/api";
import { executionPath } from "@/features/executions/model/execution-path";
import { StatusBadge } from "@/features/executions/components/status-badge";
import type { Schedule } from "@/features/schedules/api";
import { Time } from "@/shared/ui/time";

/** How the newest run of a schedule went, when, and the way to it. */
export function LastRun({ schedule: { lastRun, organizationId } }: { schedule: Schedule }) {
  if (lastRun === null) {
    return (
      <Text span c="dimmed" inherit>
        Never yet
      </Text>
    );
  }
  const { executionId, status, startedAt, dueAt } = lastRun;
  const chosen = organizationId === globalOrganization ? null : organizationId;
  return (
    <Group gap="xs">
      {status !== null && <StatusBadge status={status} />}
      <Anchor component={Link} to={executionPath({ executionId, organizationId }, chosen)} inherit>
        <Time value={startedAt ?? dueAt} />
      </Anchor>
    </Group>
  );
}
