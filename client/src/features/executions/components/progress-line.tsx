import { Progress, Stack, Text } from "@mantine/core";

import type { LogState } from "@/features/executions/model/log-follower";
import { Time } from "@/shared/ui/time";

interface ProgressLineProps {
  progress: LogState["progress"];
  /** Nobody has begun with it yet. */
  isWaiting?: boolean;
  nextAttemptAt?: string | null;
}

/** How far a running execution is, in its own words. */
export function ProgressLine({ progress, isWaiting = false, nextAttemptAt = null }: ProgressLineProps) {
  if (isWaiting) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {nextAttemptAt === null ? (
          "It waits for its turn."
        ) : (
          <>
            It failed for a reason that may pass, and tries again: <Time value={nextAttemptAt} format="moment" />.
          </>
        )}
      </Text>
    );
  }
  const percent = progress ? Math.round(progress.fraction * 100) : null;
  const words = percent === null ? "Working…" : [`${percent} %`, progress?.message].filter(Boolean).join(" · ");
  return (
    <Stack gap={4}>
      <Progress.Root>
        <Progress.Section
          value={percent ?? 100}
          animated={percent === null}
          striped={percent === null}
          aria-label="Progress"
          aria-valuetext={words}
        />
      </Progress.Root>
      <Text size="sm" c="dimmed" role="status">
        {words}
      </Text>
    </Stack>
  );
}
