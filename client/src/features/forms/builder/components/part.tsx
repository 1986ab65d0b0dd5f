import { Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useId } from "react";

/** Properties that belong together, under a heading. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <Stack gap="sm" role="group" aria-labelledby={id}>
      <Title order={3} id={id}>
        {title}
      </Title>
      {children}
    </Stack>
  );
}
