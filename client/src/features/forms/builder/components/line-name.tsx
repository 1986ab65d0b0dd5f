import { Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";

import classes from "@/features/forms/builder/components/builder.module.css";
import type { Builder } from "@/features/forms/builder/hooks/builder-context";

/** What every line shows besides itself. */
export interface LineState {
  isSelected: boolean;
  problemCount: number;
  select: Builder["select"];
}

interface LineNameProps extends LineState {
  id: string;
  children: ReactNode;
}

/** The part of a line that shows its properties when pressed. */
export function LineName({ id, isSelected, problemCount, select, children }: LineNameProps) {
  return (
    <>
      <UnstyledButton className={classes.name} aria-current={isSelected ? "true" : undefined} onClick={() => select(id)}>
        {children}
      </UnstyledButton>
      {problemCount > 0 && (
        <Text span c="var(--mantine-color-error)" lh={0} px={2}>
          <IconAlertTriangle
            size={16}
            role="img"
            aria-label={problemCount === 1 ? "Has a problem" : `Has ${problemCount} problems`}
          />
        </Text>
      )}
    </>
  );
}
