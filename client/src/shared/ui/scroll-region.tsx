import type { ReactNode } from "react";

import classes from "@/shared/ui/surface.module.css";

/** Lets wide content scroll sideways, by keyboard too. */
export function ScrollRegion({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}
