import type { Icon } from "@tabler/icons-react";
import { IconClock, IconClockExclamation, IconPlayerStop } from "@tabler/icons-react";

import type { ExecutionStatus } from "@/features/executions/model/execution";
import { statusWords } from "@/features/executions/model/execution";
import type { StateTone } from "@/shared/ui/state-badge";
import { StateBadge } from "@/shared/ui/state-badge";

const looks: Record<ExecutionStatus, { tone: StateTone; icon?: Icon }> = {
  Pending: { tone: "running", icon: IconClock },
  Running: { tone: "running" },
  Success: { tone: "success" },
  Failed: { tone: "failure" },
  Cancelled: { tone: "neutral", icon: IconPlayerStop },
  TimedOut: { tone: "failure", icon: IconClockExclamation },
};

/** A status in a word, with a colour and a sign of its own. */
export function StatusBadge({ status }: { status: ExecutionStatus }) {
  return <StateBadge label={statusWords[status]} {...looks[status]} />;
}
