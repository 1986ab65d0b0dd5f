import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX } from "@tabler/icons-react";

import classes from "@/shared/ui/state-badge.module.css";

export type StateTone = "success" | "warning" | "failure" | "neutral";

const icons = {
  success: IconCircleCheck,
  warning: IconAlertTriangle,
  failure: IconCircleX,
  neutral: IconCircleMinus,
};

/** A state in a few words, with a colour and a sign of its own. */
export function StateBadge({ tone, label }: { tone: StateTone; label: string }) {
  const Icon = icons[tone];
  return (
    <span className={classes.badge} data-tone={tone}>
      <Icon size={14} aria-hidden />
      {label}
    </span>
  );
}
