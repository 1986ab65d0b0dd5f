import type { Icon } from "@tabler/icons-react";
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX, IconLoader2 } from "@tabler/icons-react";

import classes from "@/shared/ui/state-badge.module.css";

export type StateTone = "success" | "warning" | "failure" | "running" | "neutral";

const icons: Record<StateTone, Icon> = {
  success: IconCircleCheck,
  warning: IconAlertTriangle,
  failure: IconCircleX,
  running: IconLoader2,
  neutral: IconCircleMinus,
};

interface StateBadgeProps {
  tone: StateTone;
  label: string;
  /** A sign of its own, where a tone has several states. */
  icon?: Icon;
}

/** A state in a few words, with a colour and a sign of its own. */
export function StateBadge({ tone, label, icon: Sign = icons[tone] }: StateBadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <Sign size={14} aria-hidden className={Sign === IconLoader2 ? classes.turning : undefined} />
      {label}
    </span>
  );
}
