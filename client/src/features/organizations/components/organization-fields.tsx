import { TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";

import { ApiError } from "@/api/api-error";
import type { OrganizationDraft } from "@/features/organizations/model/draft";
import { tidyTag } from "@/features/organizations/model/draft";
import { fieldError } from "@/shared/ui/form-dialog";

interface OrganizationFieldsProps {
  draft: OrganizationDraft;
  /** Tags in use elsewhere, to choose from. */
  knownTags: readonly string[];
  error: unknown;
  onChange: (draft: OrganizationDraft) => void;
}

/** A refusal may name the list or one of its tags: `tags`, `tags.0`. */
function tagsError(error: unknown): string | undefined {
  const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
  return fields.find(([name]) => name === "tags" || name.startsWith("tags."))?.[1];
}

/** Name, tenant and tags of an organization. */
export function OrganizationFields({ draft, knownTags, error, onChange }: OrganizationFieldsProps) {
  // Closed by each tag that is added: the list would stay over the button that comes next.
  const [areTagsOffered, setTagsOffered] = useState(false);
  return (
    <>
      <TextInput
        label="Name"
        required
        maxLength={200}
        data-autofocus
        value={draft.name}
        error={fieldError(error, "name")}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <TextInput
        label="Tenant id"
        description="Of its Microsoft 365 tenant, as the Entra admin center shows it. It can be added later."
        placeholder="00000000-0000-0000-0000-000000000000"
        value={draft.tenantId}
        error={fieldError(error, "tenantId")}
        onChange={(event) => onChange({ ...draft, tenantId: event.currentTarget.value })}
      />
      <TagsInput
        label="Tags"
        description="Lower-case words; schedules can be for all organizations with a tag. Enter adds one."
        data={knownTags.filter((tag) => !draft.tags.includes(tag))}
        value={draft.tags}
        error={tagsError(error)}
        maxTags={20}
        comboboxProps={{ withinPortal: false }}
        dropdownOpened={areTagsOffered}
        onDropdownOpen={() => setTagsOffered(true)}
        onDropdownClose={() => setTagsOffered(false)}
        onChange={(tags) => {
          setTagsOffered(false);
          onChange({ ...draft, tags: [...new Set(tags.map(tidyTag))] });
        }}
      />
    </>
  );
}
