import { Text } from "@mantine/core";
import type { ReactNode } from "react";

import { Notice } from "@/shared/ui/notice";

interface MissingRightProps {
  /** What is missing, as a sentence. */
  title: string;
  children?: ReactNode;
}

/** What somebody may not see, what they lack, and whom to ask. */
export function MissingRight({ title, children }: MissingRightProps) {
  return (
    <Notice tone="warning" title={title}>
      {children}
      <Text size="sm">Ask an administrator of the platform. What they give you counts at once.</Text>
    </Notice>
  );
}
