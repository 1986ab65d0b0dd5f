import { TextInput } from "@mantine/core";

interface DateInputProps {
  label: string;
  /** `yyyy-mm-dd`; empty for none. */
  value: string;
  onChange: (value: string) => void;
}

/** A day for a filter, with the browser's own calendar. */
export function DateInput({ label, value, onChange }: DateInputProps) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      max="9999-12-31"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
