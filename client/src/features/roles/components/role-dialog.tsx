import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Role, RoleDraft } from "@/features/roles/api";
import { fieldError, FormDialog } from "@/shared/ui/form-dialog";

interface RoleDialogProps {
  /** The role that is changed; none makes a new one. */
  role?: Role;
  isRunning: boolean;
  error: unknown;
  onSubmit: (draft: RoleDraft) => void;
  onClose: () => void;
}

/** Name and description of a role. */
export function RoleDialog({ role, isRunning, error, onSubmit, onClose }: RoleDialogProps) {
  const [name, setName] = useState(role?.name ?? "");
  const [description, setDescription] = useState(role?.description ?? "");
  const isNew = role === undefined;
  return (
    <FormDialog
      title={isNew ? "New role" : `Edit ${role.name}`}
      action={isNew ? "Create the role" : "Save"}
      isRunning={isRunning}
      error={error}
      onSubmit={() => onSubmit({ name: name.trim(), description: description.trim() || null })}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="As people know it: “Contoso office”, “HR at Fabrikam”."
        required
        maxLength={100}
        data-autofocus
        value={name}
        error={fieldError(error, "name")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxLength={1000}
        value={description}
        error={fieldError(error, "description")}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
