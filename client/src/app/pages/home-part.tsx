import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { OrgLink } from "@/shared/session/org-link";

interface HomePartProps {
  title: string;
  note?: string;
  link?: { to: string; label: string };
  children: ReactNode;
}

/** A part of the first page, with the way to the rest of it. */
export function HomePart({ title, note, link, children }: HomePartProps) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between">
        <Group gap="xs" align="baseline">
          <Title order={2}>{title}</Title>
          {note !== undefined && (
            <Text size="sm" c="dimmed">
              {note}
            </Text>
          )}
        </Group>
        {link !== undefined && (
          <Anchor component={OrgLink} to={link.to} size="sm">
            {link.label}
          </Anchor>
        )}
      </Group>
      {children}
    </Stack>
  );
}
