import type { ValueKind } from "@/features/forms/builder/model/value-kinds";

/** What an input for a value needs; one of another kind than its own shows nothing. */
export interface ValueInputProps {
  kind: ValueKind;
  value: unknown;
  onChange: (value: unknown) => void;
  label: string;
  description?: string;
  error?: string;
}
