import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";

import classes from "@/features/metrics/components/service-health.module.css";
import type { PartStatus } from "@/features/metrics/model/health";
import { statusWords } from "@/features/metrics/model/health";

const icons = { ok: IconCircleCheck, degraded: IconAlertTriangle, down: IconCircleX };

/** How a service or a part of it is, by colour, sign and word. */
export function ServiceStatus({ status }: { status: PartStatus }) {
  const Icon = icons[status];
  return (
    <span className={classes.status} data-status={status}>
      <Icon size={16} aria-hidden />
      {statusWords[status]}
    </span>
  );
}
