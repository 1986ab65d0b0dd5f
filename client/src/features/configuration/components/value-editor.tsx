import { Button, Radio, Group, Stack, Textarea, TextInput } from "@mantine/core";

import type { ConfigType } from "@/api/generated/management-api/types.gen";
import { laidOut } from "@/features/configuration/model/values";
import monospace from "@/shared/ui/monospace.module.css";
import type { SecretNames } from "@/shared/ui/secret-name-input";
import { SecretNameInput } from "@/shared/ui/secret-name-input";

interface ValueEditorProps {
  type: ConfigType;
  value: string;
  error: string | undefined;
  secretNames: SecretNames;
  onChange: (value: string) => void;
}

/** The control that fits the type; what is edited is always the text that is stored. */
export function ValueEditor({ type, value, error, secretNames, onChange }: ValueEditorProps) {
  switch (type) {
    case "string":
      return (
        <Textarea
          label="Value"
          autosize
          minRows={1}
          maxRows={8}
          value={value}
          error={error}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "int":
      return (
        <TextInput
          label="Value"
          inputMode="numeric"
          required
          value={value}
          error={error}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "bool":
      return (
        <Radio.Group label="Value" required value={value.trim().toLowerCase()} error={error} onChange={onChange}>
          <Group mt={6}>
            <Radio value="true" label="True" />
            <Radio value="false" label="False" />
          </Group>
        </Radio.Group>
      );
    case "json":
      return (
        <Stack gap={6}>
          <Textarea
            label="Value"
            required
            autosize
            minRows={4}
            maxRows={14}
            classNames={{ input: monospace.input }}
            spellCheck={false}
            value={value}
            error={error}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
          <Button size="xs" variant="default" w="fit-content" onClick={() => onChange(laidOut(value))}>
            Lay out over lines
          </Button>
        </Stack>
      );
    case "secret_ref":
      return (
        <SecretNameInput
          label="Secret"
          required
          names={secretNames}
          value={value}
          error={error}
          onChange={onChange}
        />
      );
  }
}
