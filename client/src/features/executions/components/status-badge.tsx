import {
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconClockExclamation,
  IconLoader2,
  IconPlayerStop,
} from "@tabler/icons-react";

import classes from "@/features/executions/components/status-badge.module.css";
import type { ExecutionStatus } from "@/features/executions/model/execution";
import { statusWords } from "@/features/executions/model/execution";

const icons: Record<ExecutionStatus, typeof IconClock> = {
  Pending: IconClock,
  Running: IconLoader2,
  Success: IconCircleCheck,
  Failed: IconCircleX,
  Cancelled: IconPlayerStop,
  TimedOut: IconClockExclamation,
};

/** A status in a word, with a colour and a sign of its own. */
export function StatusBadge({ status }: { status: ExecutionStatus }) {
  const Icon = icons[status];
  return (
    <span className={classes.badge} data-status={status}>
      <Icon size={14} aria-hidden className={classes.icon} />
      {statusWords[status]}
    </span>
  );
}
