import { Button, Code, Group, Stack, Text } from "@mantine/core";

import classes from "@/features/webhooks/components/key-dialog.module.css";
import type { WebhookWithKey } from "@/features/webhooks/api";
import { authenticationWords, keyWord } from "@/features/webhooks/model/draft";
import { CopyButton } from "@/shared/ui/copy-button";
import { Dialog } from "@/shared/ui/dialog";
import { Notice } from "@/shared/ui/notice";

interface KeyDialogProps {
  webhook: WebhookWithKey;
  /** Where events go. */
  url: string;
  onClose: () => void;
}

function Copied({ label, value }: { label: string; value: string }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Code block flex={1} className={classes.value} role="group" aria-label={label}>
          {value}
        </Code>
        <Group flex="none">
          <CopyButton value={value} label={`Copy the ${label.toLowerCase()}`} />
        </Group>
      </Group>
    </Stack>
  );
}

/** Shows a new key once; nobody can see it again after this. */
export function KeyDialog({ webhook, url, onClose }: KeyDialogProps) {
  const word = keyWord(webhook.authentication);
  return (
    <Dialog
      onClose={onClose}
      title={`The ${word} of ${webhook.name}`}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        {webhook.key === null ? (
          <Notice tone="warning" title={`The ${word} was shown before and cannot be shown again.`}>
            <Text size="sm">Rotate it to get another one.</Text>
          </Notice>
        ) : (
          <>
            <Notice tone="warning" title={`Copy the ${word} now. It is never shown again.`}>
              <Text size="sm">Whoever has it can run this workflow. If it is lost or seen by others, rotate it.</Text>
            </Notice>
            <Copied label={word === "key" ? "Key" : "Signing secret"} value={webhook.key} />
          </>
        )}
        <Copied label="Address" value={url} />
        <Text size="sm" c="dimmed">
          {authenticationWords[webhook.authentication].note}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
