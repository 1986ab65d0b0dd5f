import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { newIdempotencyKey } from "@/api/answers";
import type { Organization } from "@/features/organizations/api";
import { createOrganizationMutation } from "@/features/organizations/api";
import { OrganizationFields } from "@/features/organizations/components/organization-fields";
import { emptyDraft } from "@/features/organizations/model/draft";
import { FormDialog } from "@/shared/ui/form-dialog";

interface NewOrganizationDialogProps {
  knownTags: readonly string[];
  onCreated: (organization: Organization) => void;
  onClose: () => void;
}

/** Makes one organization, linked to a tenant or not. */
export function NewOrganizationDialog({ knownTags, onCreated, onClose }: NewOrganizationDialogProps) {
  const create = useMutation(createOrganizationMutation(useQueryClient()));
  const [draft, setDraft] = useState(emptyDraft);
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey);
  const { name, tenantId, tags } = draft;
  return (
    <FormDialog
      title="New organization"
      action="Create the organization"
      isRunning={create.isPending}
      error={create.error}
      onSubmit={() =>
        create.mutate(
          { draft: { name: name.trim(), tenantId: tenantId.trim() || null, tags }, idempotencyKey },
          { onSuccess: onCreated },
        )
      }
      onClose={onClose}
    >
      <OrganizationFields
        draft={draft}
        knownTags={knownTags}
        error={create.error}
        onChange={(changed) => {
          setDraft(changed);
          // Another draft is another organization; the same one sent again is not.
          setIdempotencyKey(newIdempotencyKey());
        }}
      />
    </FormDialog>
  );
}
