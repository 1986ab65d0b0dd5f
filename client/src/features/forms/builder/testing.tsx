import type { FormRead } from "@/api/generated/management-api/types.gen";
import { FormBuilder } from "@/features/forms/builder/components/form-builder";
import { toDraft } from "@/features/forms/builder/model/convert";
import { contoso } from "@/testing/data";
import { renderPage } from "@/testing/render";

/** For tests: the builder with a saved form in it, as an admin sees it; what it begins with. */
export function renderBuilder(form: FormRead, etag: string | null = form.etag) {
  const draft = toDraft(form);
  renderPage(
    <FormBuilder
      start={draft}
      saved={{ id: form.id, etag, draft }}
      catalog={{}}
      organization={{ id: contoso, name: "Contoso" }}
      isAdmin
      viewers={{ choices: [], chosen: "", choose: () => undefined, notice: null, isShown: true }}
      onCreated={() => undefined}
    />,
  );
  return draft;
}
