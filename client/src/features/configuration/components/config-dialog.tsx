import { Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { isChangedMeanwhile } from "@/api/changed-meanwhile";
import type { ConfigType } from "@/api/generated/management-api/types.gen";
import type { ConfigDraft, ConfigEntry } from "@/features/configuration/api";
import { ValueEditor } from "@/features/configuration/components/value-editor";
import { descriptionProblem, keyProblem, typeNames, valueProblem } from "@/features/configuration/model/values";
import { ConflictNotice, replaceTheirs } from "@/shared/ui/conflict-notice";
import { fieldError, FormDialog } from "@/shared/ui/form-dialog";
import type { SecretNames } from "@/shared/ui/secret-name-input";

interface ConfigDialogProps {
  title: string;
  /** What is edited or overridden, as it was when the dialog opened; undefined for a new key. */
  start: ConfigEntry | undefined;
  /** Every value as it is now. */
  entries: readonly ConfigEntry[];
  secretNames: SecretNames;
  isRunning: boolean;
  error: unknown;
  onSubmit: (draft: ConfigDraft, etag: string | null) => void;
  /** Forget that the last attempt was refused. */
  onReset: () => void;
  onClose: () => void;
}

const empty = { key: "", value: "", type: "string", description: "" } as const;
const types = Object.entries(typeNames).map(([value, label]) => ({ value: value as ConfigType, label }));

function draftOf(entry: ConfigEntry | undefined) {
  return entry === undefined ? empty : { ...entry, description: entry.description ?? "" };
}

/** Sets one value; one that somebody else set meanwhile shows beside what was typed. */
export function ConfigDialog(props: ConfigDialogProps) {
  const { title, start, entries, secretNames, isRunning, error, onSubmit, onReset, onClose } = props;
  const [basis, setBasis] = useState(start);
  const [{ key, value, type, description }, setDraft] = useState<{
    key: string;
    value: string;
    type: ConfigType;
    description: string;
  }>(draftOf(start));
  const [wasTried, setTried] = useState(false);

  const isNew = start === undefined;
  const now = entries.find((entry) => entry.key === key && !entry.inherited);
  const isConflict = isChangedMeanwhile(error);
  const problems = {
    key: keyProblem(key) ?? (isNew && now && !isConflict ? "There is one already: edit that" : null),
    value: valueProblem(type, value),
    description: descriptionProblem(description),
  };
  const shown = (field: keyof typeof problems) =>
    (wasTried ? problems[field] : null) ?? (isConflict ? undefined : fieldError(error, field));
  const change = (part: Partial<{ key: string; value: string; type: ConfigType; description: string }>) =>
    setDraft((before) => ({ ...before, ...part }));

  const submit = () => {
    setTried(true);
    if (Object.values(problems).every((problem) => problem === null)) {
      const etag = isConflict ? (now?.etag ?? null) : (basis?.etag ?? null);
      onSubmit({ key, value, type, description: description.trim() || null }, etag);
    }
  };
  const takeTheirs = () => {
    onReset();
    if (now === undefined) {
      onClose();
      return;
    }
    setBasis(now);
    setDraft(draftOf(now));
  };

  return (
    <FormDialog
      title={title}
      action={isConflict && now ? replaceTheirs : "Save"}
      size="lg"
      isRunning={isRunning}
      error={isConflict ? null : error}
      onSubmit={submit}
      onClose={onClose}
    >
      {isNew && (
        <TextInput
          label="Key"
          description="The name a workflow asks for, such as mail_domain."
          required
          data-autofocus
          value={key}
          error={shown("key")}
          onChange={(event) => change({ key: event.currentTarget.value })}
        />
      )}
      <Select
        label="Type"
        allowDeselect={false}
        data={types}
        value={type}
        onChange={(chosen) => change({ type: types.find((one) => one.value === chosen)?.value ?? type })}
      />
      <ValueEditor
        type={type}
        value={value}
        error={shown("value")}
        secretNames={secretNames}
        onChange={(text) => change({ value: text })}
      />
      <Textarea
        label="Description"
        description="What it is for, and who depends on it."
        autosize
        minRows={1}
        maxRows={6}
        value={description}
        error={shown("description")}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      {isConflict && (
        <ConflictNotice
          what="this value"
          differences={
            now === undefined
              ? null
              : [
                  { label: "Type", theirs: typeNames[now.type], yours: typeNames[type] },
                  { label: "Value", theirs: now.value, yours: value },
                  { label: "Description", theirs: now.description ?? "", yours: description },
                ]
          }
          changedAt={now?.updatedAt}
          onTakeTheirs={takeTheirs}
        />
      )}
    </FormDialog>
  );
}
