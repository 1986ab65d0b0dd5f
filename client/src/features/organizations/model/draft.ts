import type { Organization, OrganizationChange } from "@/features/organizations/api";
import type { DraftWords } from "@/shared/drafts/three-way";
import { changedFields } from "@/shared/drafts/three-way";

/** What a person types about an organization. */
export interface OrganizationDraft {
  name: string;
  /** Empty for none. */
  tenantId: string;
  tags: string[];
}

export const emptyDraft: OrganizationDraft = { name: "", tenantId: "", tags: [] };

export function draftOf(organization: Organization): OrganizationDraft {
  return { name: organization.name, tenantId: organization.tenantId ?? "", tags: organization.tags };
}

/** As the API keeps them: lower-case words, joined by hyphens. */
export function tidyTag(tag: string): string {
  return tag
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, "-");
}

export const organizationWords: DraftWords<OrganizationDraft> = {
  names: { name: "Name", tenantId: "Tenant id", tags: "Tags" },
  text: (draft, field) =>
    field === "tags" ? draft.tags.map(tidyTag).sort().join(", ") : draft[field].trim(),
};

/** Only what was changed: what somebody else changed elsewhere stays as it is. */
export function changeOf(before: OrganizationDraft, draft: OrganizationDraft): OrganizationChange {
  const changed = changedFields(organizationWords, before, draft);
  return {
    ...(changed.has("name") && { name: draft.name.trim() }),
    ...(changed.has("tenantId") && { tenantId: draft.tenantId.trim() || null }),
    ...(changed.has("tags") && { tags: draft.tags.map(tidyTag) }),
  };
}
