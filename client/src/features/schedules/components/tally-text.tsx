import { Text } from "@mantine/core";

import type { ScheduleTally } from "@/features/schedules/api";
import { hasGap, tallyWords } from "@/features/schedules/model/tally";

/** How often a schedule was due and how often it ran; what did not run stands out. */
export function TallyText({ tally }: { tally: ScheduleTally }) {
  return (
    <Text span inherit fw={hasGap(tally) ? 600 : undefined} c={hasGap(tally) ? "var(--app-warning)" : undefined}>
      {tallyWords(tally)}
    </Text>
  );
}
