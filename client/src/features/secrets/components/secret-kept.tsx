import { Button, Group, PasswordInput, Stack, Text, Textarea } from "@mantine/core";

import { CopyButton } from "@/shared/ui/copy-button";
import { Dialog } from "@/shared/ui/dialog";
import monospace from "@/shared/ui/monospace.module.css";

interface SecretKeptProps {
  name: string;
  value: string;
  onClose: () => void;
}

/** The last time anybody sees the value: what was kept, to be copied before it is gone. */
export function SecretKept({ name, value, onClose }: SecretKeptProps) {
  const shared = { label: `Value of ${name}`, readOnly: true, value } as const;
  return (
    <Dialog onClose={onClose} title={`${name} was set`} closeOnClickOutside={false}>
      <Stack>
        <Text>Workflows get the new value from their next run on.</Text>
        {value.includes("\n") ? (
          <Textarea {...shared} autosize minRows={4} maxRows={12} classNames={{ input: monospace.input }} />
        ) : (
          <PasswordInput
            {...shared}
            visibilityToggleButtonProps={{ "aria-label": "Show the value", tabIndex: 0 }}
          />
        )}
        <Text size="sm" c="dimmed">
          This is the only time it can be seen here. Once you close this, nobody can read it back, only replace it.
        </Text>
        <Group justify="space-between">
          <CopyButton value={value} label="Copy the value" />
          <Button onClick={onClose} data-autofocus>
            Done
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
