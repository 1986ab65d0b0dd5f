import type { Role, RoleDraft } from "@/features/roles/api";
import type { DraftWords } from "@/shared/drafts/three-way";

/** What a person types about a role. */
export interface RoleTexts {
  name: string;
  /** Empty for none. */
  description: string;
}

export const emptyRole: RoleTexts = { name: "", description: "" };

export function roleTextsOf({ name, description }: Pick<Role, "name" | "description">): RoleTexts {
  return { name, description: description ?? "" };
}

export const roleWords: DraftWords<RoleTexts> = {
  names: { name: "Name", description: "Description" },
  text: (texts, field) => texts[field].trim(),
};

/** As it is sent. */
export function roleDraftOf({ name, description }: RoleTexts): RoleDraft {
  return { name: name.trim(), description: description.trim() || null };
}
