import { TextInput } from "@mantine/core";

import type { ValueInputProps } from "@/features/forms/builder/components/value-input-props";
import { localDateTime, withOffset } from "@/features/forms/model/values";

/** A date, or a moment with the zone it was typed in. */
export function MomentValue({ kind, value, onChange, ...rest }: ValueInputProps) {
  const isDate = kind.is === "date";
  const text = typeof value === "string" ? value : "";
  const moment = new Date(text);
  const local = Number.isNaN(moment.getTime()) ? "" : localDateTime(moment);
  return (
    <TextInput
      {...rest}
      type={isDate ? "date" : "datetime-local"}
      max={isDate ? "9999-12-31" : "9999-12-31T23:59"}
      value={isDate ? text.slice(0, 10) : local}
      onChange={({ currentTarget: { value: typed } }) =>
        onChange(typed === "" ? null : isDate ? typed : withOffset(typed))
      }
    />
  );
}
