import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Role } from "@/features/roles/api";
import { createRoleMutation } from "@/features/roles/api";
import { RoleFields } from "@/features/roles/components/role-fields";
import { emptyRole, roleDraftOf } from "@/features/roles/model/draft";
import { FormDialog } from "@/shared/ui/form-dialog";

interface NewRoleDialogProps {
  onCreated: (role: Role) => void;
  onClose: () => void;
}

/** Makes a role that nobody has yet and that opens nothing. */
export function NewRoleDialog({ onCreated, onClose }: NewRoleDialogProps) {
  const create = useMutation(createRoleMutation(useQueryClient()));
  const [texts, setTexts] = useState(emptyRole);
  return (
    <FormDialog
      title="New role"
      action="Create the role"
      isRunning={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate(roleDraftOf(texts), { onSuccess: onCreated })}
      onClose={onClose}
    >
      <RoleFields texts={texts} error={create.error} onChange={setTexts} />
    </FormDialog>
  );
}
