import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect } from "react";

import classes from "@/shared/ui/page.module.css";

interface PageProps {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  /** The widest the page gets; lists use it all. */
  maxWidth?: number;
  children: ReactNode;
}

/** A page's frame: its title is the document's too. */
export function Page({ title, description, actions, maxWidth = 1600, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Automation`;
  }, [title]);
  return (
    <Stack gap="md" maw={maxWidth}>
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={4} className={classes.title}>
          <Title order={1}>{title}</Title>
          {typeof description === "string" ? (
            <Text c="dimmed" maw={900}>
              {description}
            </Text>
          ) : (
            description
          )}
        </Stack>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}
