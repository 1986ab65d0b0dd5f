import { TagsInput } from "@mantine/core";

import type { ValueInputProps } from "@/features/forms/builder/components/value-input-props";

/** Several texts or numbers. */
export function ListValue({ kind, value, onChange, ...rest }: ValueInputProps) {
  const isNumbers = kind.is === "list" && kind.of === "number";
  const items = Array.isArray(value) ? value.map(String) : [];
  return (
    <TagsInput
      {...rest}
      placeholder="Type one, then Enter"
      value={items}
      onChange={(given) => {
        const read = isNumbers ? given.map(Number).filter((one) => !Number.isNaN(one)) : given;
        onChange(read.length === 0 ? null : read);
      }}
    />
  );
}
