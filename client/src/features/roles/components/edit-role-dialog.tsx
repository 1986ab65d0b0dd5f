import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Versioned } from "@/api/answers";
import type { RoleWithMembers } from "@/features/roles/api";
import { updateRoleMutation } from "@/features/roles/api";
import { RoleFields } from "@/features/roles/components/role-fields";
import { roleDraftOf, roleTextsOf, roleWords } from "@/features/roles/model/draft";
import { useVersionedDraft } from "@/shared/drafts/use-versioned-draft";
import { ConflictNotice, replaceTheirs } from "@/shared/ui/conflict-notice";
import { FormDialog } from "@/shared/ui/form-dialog";

interface EditRoleDialogProps {
  role: Versioned<RoleWithMembers>;
  /** Reads the role again, after somebody else changed it. */
  onReload: () => Promise<Versioned<RoleWithMembers> | undefined>;
  onSaved: () => void;
  onClose: () => void;
}

/** Renames or describes a role; what was typed is kept when somebody else was quicker. */
export function EditRoleDialog({ role, onReload, onSaved, onClose }: EditRoleDialogProps) {
  const { id, name, updatedAt } = role.value;
  const update = useMutation(updateRoleMutation(useQueryClient(), id));
  const typed = useVersionedDraft({ loaded: role, draftOf: roleTextsOf, words: roleWords, reload: onReload });

  const save = () => {
    update.mutate(
      { draft: roleDraftOf(typed.draft), etag: typed.etag },
      { onSuccess: onSaved, onError: (error) => typed.meetTheirs(error, update.reset) },
    );
  };

  return (
    <FormDialog
      title={`Edit ${name}`}
      action={typed.conflicts?.length ? replaceTheirs : "Save"}
      isRunning={update.isPending}
      error={update.error}
      onSubmit={save}
      onClose={onClose}
    >
      {typed.conflicts !== null && (
        <ConflictNotice
          what="this role"
          differences={typed.conflicts}
          changedAt={updatedAt}
          onTakeTheirs={typed.takeTheirs}
        />
      )}
      <RoleFields texts={typed.draft} error={update.error} onChange={typed.setDraft} />
    </FormDialog>
  );
}
