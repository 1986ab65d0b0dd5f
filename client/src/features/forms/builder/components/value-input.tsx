import { MultiSelect, Select } from "@mantine/core";

import { JsonValue } from "@/features/forms/builder/components/json-value";
import { ListValue } from "@/features/forms/builder/components/list-value";
import { MomentValue } from "@/features/forms/builder/components/moment-value";
import { NumberProperty, TextProperty } from "@/features/forms/builder/components/property";
import type { ValueInputProps } from "@/features/forms/builder/components/value-input-props";
import { fits } from "@/features/forms/builder/model/value-kinds";
import { optionKey, selectableOptions } from "@/features/forms/model/values";

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
      return <MomentValue {...props} />;
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
