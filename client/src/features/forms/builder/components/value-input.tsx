import { MultiSelect, Select, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";

import { NumberProperty, TextProperty } from "@/features/forms/builder/components/property";
import type { ValueKind } from "@/features/forms/builder/model/value-kinds";
import { fits } from "@/features/forms/builder/model/value-kinds";
import { localDateTime, optionKey, selectableOptions, withOffset } from "@/features/forms/model/values";

interface ValueInputProps {
  kind: ValueKind;
  value: unknown;
  onChange: (value: unknown) => void;
  label: string;
  description?: string;
  error?: string;
}

function MomentInput({ kind, value, onChange, ...rest }: ValueInputProps) {
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

function JsonValue({ value, onChange, error, ...rest }: Omit<ValueInputProps, "kind">) {
  const saved = value === null ? "" : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState({ text: saved, of: saved });
  const [isWrong, setWrong] = useState(false);
  const change = (text: string | null) => {
    try {
      const read: unknown = text === null ? null : JSON.parse(text);
      setTyped({ text: text ?? "", of: read === null ? "" : JSON.stringify(read, null, 2) });
      setWrong(false);
      onChange(read);
    } catch {
      setTyped({ text: text ?? "", of: saved });
      setWrong(true);
    }
  };
  return (
    <TextProperty
      {...rest}
      lines
      monospace
      error={isWrong ? "Enter JSON." : error}
      value={typed.of === saved ? typed.text : saved}
      onChange={change}
    />
  );
}

function ListValue({ kind, value, onChange, ...rest }: ValueInputProps) {
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

const yesNo = [
  { value: "true", label: "Yes" },
  { value: "false", label: "No" },
];

function PlainValueInput(props: ValueInputProps) {
  const { kind, value, onChange, ...rest } = props;
  switch (kind.is) {
    case "text":
    case "lines":
      return (
        <TextProperty
          {...rest}
          lines={kind.is === "lines"}
          value={typeof value === "string" ? value : null}
          onChange={onChange}
        />
      );
    case "number":
      return <NumberProperty {...rest} value={typeof value === "number" ? value : null} onChange={onChange} />;
    case "boolean":
      return (
        <Select
          {...rest}
          clearable
          data={yesNo}
          clearButtonProps={{ "aria-label": `Clear ${rest.label}` }}
          value={typeof value === "boolean" ? String(value) : null}
          onChange={(chosen) => onChange(chosen === null ? null : chosen === "true")}
        />
      );
    case "date":
    case "datetime":
      return <MomentInput {...props} />;
    case "json":
      return <JsonValue {...rest} value={value} onChange={onChange} />;
    case "list":
      return <ListValue {...props} />;
    case "choice":
      return (
        <Select
          {...rest}
          clearable
          clearButtonProps={{ "aria-label": `Clear ${rest.label}` }}
          data={selectableOptions(kind.options)}
          value={value !== null && fits(kind, value) ? optionKey(value) : null}
          onChange={(key) => onChange(kind.options.find((option) => optionKey(option.value) === key)?.value ?? null)}
        />
      );
    case "choices": {
      const pick = (keys: string[]) => kind.options.filter(({ value: one }) => keys.includes(optionKey(one)));
      return (
        <MultiSelect
          {...rest}
          data={selectableOptions(kind.options)}
          value={Array.isArray(value) && fits(kind, value) ? value.map(optionKey) : []}
          onChange={(keys) => onChange(keys.length === 0 ? null : pick(keys).map((option) => option.value))}
        />
      );
    }
  }
}

/** An input for a value of any kind. A value of another kind is kept, and said, until it is replaced. */
export function ValueInput(props: ValueInputProps) {
  const note = fits(props.kind, props.value) ? "" : `It is ${JSON.stringify(props.value)} now, which does not fit.`;
  const description = [props.description, note].filter(Boolean).join(" ");
  return <PlainValueInput {...props} description={description || undefined} />;
}
