import { Select, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Versioned } from "@/api/answers";
import type { Webhook, WebhookWithKey } from "@/features/webhooks/api";
import { rotateWebhookMutation } from "@/features/webhooks/api";
import { keyWord } from "@/features/webhooks/model/draft";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";

const overlaps = [
  { value: "0", label: "Not at all: it ends at once" },
  { value: "3600", label: "An hour" },
  { value: "86400", label: "A day" },
  { value: "604800", label: "A week" },
];

interface RotateDialogProps {
  webhook: Versioned<Webhook>;
  onRotated: (webhook: WebhookWithKey) => void;
  onClose: () => void;
}

/** Gives a webhook another key; the one before may hold on for a while. */
export function RotateDialog({ webhook: { value, etag }, onRotated, onClose }: RotateDialogProps) {
  const rotate = useMutation(rotateWebhookMutation(useQueryClient(), value.organizationId));
  const [overlap, setOverlap] = useState("86400");
  const word = keyWord(value.authentication);
  return (
    <ConfirmDialog
      title={`Rotate the ${word} of ${value.name}?`}
      action={`Make a new ${word}`}
      isDestructive={overlap === "0"}
      isRunning={rotate.isPending}
      error={rotate.error}
      onClose={onClose}
      onConfirm={() =>
        rotate.mutate({ webhookId: value.id, etag, overlapSeconds: Number(overlap) }, { onSuccess: onRotated })
      }
    >
      <Text>
        The new {word} is shown once. Give it to the sender before the one that ends in {value.keyHint} stops working.
      </Text>
      <Select
        label={`How long the old ${word} holds beside it`}
        data={overlaps}
        allowDeselect={false}
        value={overlap}
        onChange={(chosen) => setOverlap(chosen ?? "86400")}
      />
    </ConfirmDialog>
  );
}
