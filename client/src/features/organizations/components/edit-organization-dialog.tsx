import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Versioned } from "@/api/answers";
import type { Organization } from "@/features/organizations/api";
import { updateOrganizationMutation } from "@/features/organizations/api";
import { OrganizationFields } from "@/features/organizations/components/organization-fields";
import { changeOf, draftOf, organizationWords } from "@/features/organizations/model/draft";
import { useVersionedDraft } from "@/shared/drafts/use-versioned-draft";
import { ConflictNotice, replaceTheirs } from "@/shared/ui/conflict-notice";
import { FormDialog } from "@/shared/ui/form-dialog";

interface EditOrganizationDialogProps {
  organization: Versioned<Organization>;
  knownTags: readonly string[];
  /** Reads the organization again, after somebody else changed it. */
  onReload: () => Promise<Versioned<Organization> | undefined>;
  onSaved: () => void;
  onClose: () => void;
}

/** Changes name, tenant and tags; what was typed is kept when somebody else was quicker. */
export function EditOrganizationDialog(props: EditOrganizationDialogProps) {
  const { organization, knownTags, onReload, onSaved, onClose } = props;
  const { id, updatedAt } = organization.value;
  const update = useMutation(updateOrganizationMutation(useQueryClient(), id));
  const typed = useVersionedDraft({ loaded: organization, draftOf, words: organizationWords, reload: onReload });

  const save = () => {
    const change = changeOf(typed.theirs, typed.draft);
    if (Object.keys(change).length === 0) {
      onClose();
      return;
    }
    update.mutate(
      { change, etag: typed.etag },
      {
        onSuccess: onSaved,
        onError: (error) => typed.meetTheirs(error, update.reset),
      },
    );
  };

  return (
    <FormDialog
      title={`Edit ${organization.value.name}`}
      action={typed.conflicts?.length ? replaceTheirs : "Save"}
      isRunning={update.isPending}
      error={update.error}
      onSubmit={save}
      onClose={onClose}
    >
      {typed.conflicts !== null && (
        <ConflictNotice
          what="this organization"
          differences={typed.conflicts}
          changedAt={updatedAt}
          onTakeTheirs={typed.takeTheirs}
        />
      )}
      <OrganizationFields draft={typed.draft} knownTags={knownTags} error={update.error} onChange={typed.setDraft} />
    </FormDialog>
  );
}
