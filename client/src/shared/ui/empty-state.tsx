import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "@/shared/ui/surface.module.css";

interface EmptyStateProps {
  title: string;
  /** What to do next. */
  children: ReactNode;
  action?: ReactNode;
}

/** Nothing here, why, and what to do next. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <Stack align="flex-start" gap="xs" className={classes.surface} p="xl">
      <Title order={2}>{title}</Title>
      <Text c="dimmed" maw={560}>
        {children}
      </Text>
      {action}
    </Stack>
  );
}
