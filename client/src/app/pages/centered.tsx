import { Box, Group, Stack, Text, Title } from "@mantine/core";
import { IconBolt } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useEffect } from "react";

import classes from "@/app/pages/centered.module.css";

interface CenteredProps {
  title: string;
  children: ReactNode;
}

/** A page of its own in the middle: sign-in, no access, errors. */
export function Centered({ title, children }: CenteredProps) {
  useEffect(() => {
    document.title = `${title} · Automation`;
  }, [title]);
  return (
    <Box component="main" className={classes.page}>
      <Box className={classes.card}>
        <Stack gap="md">
          <Group gap={8}>
            <span className={classes.mark} aria-hidden>
              <IconBolt size={18} />
            </span>
            <Text fw={650}>Automation</Text>
          </Group>
          <Title order={1}>{title}</Title>
          {children}
        </Stack>
      </Box>
    </Box>
  );
}
