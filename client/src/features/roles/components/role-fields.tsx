import { Textarea, TextInput } from "@mantine/core";

import type { RoleTexts } from "@/features/roles/model/draft";
import { fieldError } from "@/shared/ui/form-dialog";

interface RoleFieldsProps {
  texts: RoleTexts;
  error: unknown;
  onChange: (texts: RoleTexts) => void;
}

/** Name and description of a role. */
export function RoleFields({ texts, error, onChange }: RoleFieldsProps) {
  return (
    <>
      <TextInput
        label="Name"
        description="As people know it: “Contoso office”, “HR at Fabrikam”."
        required
        maxLength={100}
        data-autofocus
        value={texts.name}
        error={fieldError(error, "name")}
        onChange={({ currentTarget: { value } }) => onChange({ ...texts, name: value })}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxLength={1000}
        value={texts.description}
        error={fieldError(error, "description")}
        onChange={({ currentTarget: { value } }) => onChange({ ...texts, description: value })}
      />
    </>
  );
}
