import { Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { memo, useId } from "react";

const StillTitle = memo(Title);

/** Properties that belong together, under a heading. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <Stack gap="sm" role="group" aria-labelledby={id}>
      <StillTitle order={3} id={id}>
        {title}
      </StillTitle>
      {children}
    </Stack>
  );
}
