import type { BoxProps } from "@mantine/core";
import { Box } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "@/shared/ui/surface.module.css";

interface SurfaceProps extends BoxProps {
  component?: "div" | "section" | "article";
  "aria-label"?: string;
  children: ReactNode;
}

/** A bordered area on the page. */
export function Surface({ children, ...rest }: SurfaceProps) {
  return (
    <Box className={classes.surface} {...rest}>
      {children}
    </Box>
  );
}
