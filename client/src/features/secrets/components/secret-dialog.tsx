import { Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { isChangedMeanwhile } from "@/api/changed-meanwhile";
import type { Secret } from "@/features/secrets/api";
import { SecretValueInput } from "@/features/secrets/components/secret-value-input";
import { nameProblem, secretValueProblem } from "@/features/secrets/model/names";
import { fieldError, FormDialog } from "@/shared/ui/form-dialog";
import { Notice } from "@/shared/ui/notice";
import { Time } from "@/shared/ui/time";

export interface SecretDraft {
  name: string;
  value: string;
  etag: string | null;
  isReplacement: boolean;
}

interface SecretDialogProps {
  /** The secret to replace or override, as it was when the dialog opened; undefined for a new one. */
  start: Secret | undefined;
  /** Every secret as it is now. */
  secrets: readonly Secret[];
  isRunning: boolean;
  error: unknown;
  onSubmit: (draft: SecretDraft) => void;
  onClose: () => void;
}

function titleOf(start: Secret | undefined): string {
  if (start === undefined) {
    return "New secret";
  }
  return start.inherited ? `Set an own value of ${start.name}` : `Set a new value of ${start.name}`;
}

/** Sets a secret's value; the old one cannot be had back. */
export function SecretDialog({ start, secrets, isRunning, error, onSubmit, onClose }: SecretDialogProps) {
  const [name, setName] = useState(start?.name ?? "");
  const [value, setValue] = useState("");
  const [wasTried, setTried] = useState(false);
  const isNew = start === undefined;
  const now = secrets.find((secret) => secret.name === name && !secret.inherited);
  const isConflict = isChangedMeanwhile(error);
  const problems = {
    name: nameProblem(name) ?? (isNew && now && !isConflict ? "There is one already: set its new value instead" : null),
    value: secretValueProblem(value),
  };
  const shown = (field: keyof typeof problems) =>
    (wasTried ? problems[field] : null) ?? (isConflict ? undefined : fieldError(error, field));

  const submit = () => {
    setTried(true);
    if (problems.name === null && problems.value === null) {
      const basis = isConflict ? now : start;
      onSubmit({ name, value, etag: basis?.etag ?? null, isReplacement: basis !== undefined && !basis.inherited });
    }
  };

  return (
    <FormDialog
      title={titleOf(start)}
      action={isConflict && now ? "Replace theirs" : "Set the secret"}
      isRunning={isRunning}
      error={isConflict ? null : error}
      onSubmit={submit}
      onClose={onClose}
    >
      {isNew && (
        <TextInput
          label="Name"
          description="Such as backup-api-key: what configuration, integrations and workflows ask for."
          required
          data-autofocus
          value={name}
          error={shown("name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <SecretValueInput value={value} error={shown("value")} onChange={setValue} />
      {!isNew && !start.inherited && (
        <Text size="sm" c="dimmed">
          The value that is set now is replaced and cannot be had back.
        </Text>
      )}
      {isConflict && (
        <Notice
          tone="warning"
          title={now ? "Somebody set this secret meanwhile." : "Somebody deleted this secret meanwhile."}
          announce="alert"
        >
          <Text size="sm">
            Nothing was saved, and what you typed is kept.{" "}
            {now && (
              <>
                Theirs was set <Time value={now.updatedAt} isWithin />; nobody can read it, only replace it.
              </>
            )}{" "}
            {now ? "Cancel to leave theirs." : "Save again to set it anew, or cancel."}
          </Text>
        </Notice>
      )}
    </FormDialog>
  );
}
