import { Progress, Stack, Text } from "@mantine/core";

import type { LogState } from "@/features/executions/model/log-follower";

/** How far a running execution is, in its own words. */
export function ProgressLine({ progress }: { progress: LogState["progress"] }) {
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
