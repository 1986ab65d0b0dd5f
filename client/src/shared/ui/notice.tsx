import { Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";

import classes from "@/shared/ui/notice.module.css";

export type NoticeTone = "failure" | "warning" | "info";

const icons = { failure: IconCircleX, warning: IconAlertTriangle, info: IconInfoCircle };

interface NoticeProps {
  tone: NoticeTone;
  title: ReactNode;
  /** Spoken at once (`alert`), when convenient (`status`), or only when read. */
  announce?: "alert" | "status";
  children?: ReactNode;
}

/** A framed message: what happened, then what to do. */
export function Notice({ tone, title, announce, children }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={announce}>
      <Icon size={20} className={classes.icon} aria-hidden />
      <Stack gap={6} className={classes.body}>
        <Text fw={600}>{title}</Text>
        {children}
      </Stack>
    </div>
  );
}
