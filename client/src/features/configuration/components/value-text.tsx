import { Badge, Code, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";

import type { ConfigType } from "@/api/generated/management-api/types.gen";
import classes from "@/features/configuration/components/value-text.module.css";

interface ValueTextProps {
  type: ConfigType;
  value: string;
  /** Another value counts in its place. */
  isHidden?: boolean;
}

/** A value as its type is best read; a secret shows its name only. */
export function ValueText({ type, value, isHidden = false }: ValueTextProps) {
  const color = isHidden ? "dimmed" : undefined;
  if (type === "secret_ref") {
    return (
      <Badge variant="default" tt="none" leftSection={<IconKey size={12} aria-hidden />} aria-label={`Secret ${value}`}>
        {value}
      </Badge>
    );
  }
  if (type === "json") {
    return (
      <Code block className={classes.json} tabIndex={0} role="region" aria-label="JSON" c={color}>
        {value}
      </Code>
    );
  }
  if (value === "") {
    return (
      <Text span inherit c="dimmed" fs="italic">
        empty text
      </Text>
    );
  }
  return (
    <Text span inherit c={color} className={classes.text}>
      {value}
    </Text>
  );
}
