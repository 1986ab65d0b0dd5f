import type { SelectProps } from "@mantine/core";
import { Select } from "@mantine/core";
import { memo } from "react";

/** A select that does not render while what it shows stays as it is: its choices and its handler stay the same too. */
export const StillSelect = memo(function StillSelect(props: SelectProps) {
  return <Select {...props} />;
});
