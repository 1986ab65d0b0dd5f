import { DndContext } from "@dnd-kit/core";
import { Stack, Text } from "@mantine/core";

import type { Catalog } from "@/api/generated/workflow-engine/types.gen";
import classes from "@/features/forms/builder/components/builder.module.css";
import { ConflictDialog } from "@/features/forms/builder/components/conflict-dialog";
import { FieldList } from "@/features/forms/builder/components/field-list";
import { Palette } from "@/features/forms/builder/components/palette";
import type { Viewers } from "@/features/forms/builder/components/preview";
import { Preview } from "@/features/forms/builder/components/preview";
import { Properties } from "@/features/forms/builder/components/properties";
import { SaveFailure } from "@/features/forms/builder/components/save-failure";
import { Toolbar } from "@/features/forms/builder/components/toolbar";
import { BuilderContext } from "@/features/forms/builder/hooks/builder-context";
import { useBuilder } from "@/features/forms/builder/hooks/use-builder";
import { useDragging } from "@/features/forms/builder/hooks/use-dragging";
import { useBuilderSave } from "@/features/forms/builder/hooks/use-builder-save";
import type { SavedForm } from "@/features/forms/builder/hooks/use-save";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import { withoutForm } from "@/features/forms/builder/model/problems";
import { Page } from "@/shared/ui/page";
import { UnsavedGuard } from "@/shared/ui/unsaved-guard";

interface FormBuilderProps {
  /** What it starts from: the saved form, one made from a workflow, or nothing. */
  start: FormDraft;
  saved: SavedForm | null;
  catalog: Catalog;
  organization: { id: string; name: string };
  isAdmin: boolean;
  viewers: Viewers;
  onCreated: (formId: string) => void;
}

/** Builds a form: what it has on the left, the properties of one part in the middle, the form itself on the right. */
export function FormBuilder(props: FormBuilderProps) {
  const { start, catalog, organization, isAdmin, viewers, onCreated } = props;
  const { builder, problems, refusal, undoable, redoable, undo, redo, settle, ...rest } = useBuilder(start, catalog);
  const { draft } = builder;
  const dragging = useDragging(builder);
  const { saving, save, wasTried, reveals } = useBuilderSave({
    organizationId: organization.id,
    initial: props.saved,
    select: builder.select,
    newestDraft: rest.newestDraft,
    check: rest.check,
    setServerErrors: rest.setServerErrors,
    onCreated,
  });
  const { saved, theirs } = saving;
  const isChanged = saving.isChanged(draft);
  // What changes with each key is a context only for the properties: it would be looked for in every line and input.
  const shown = { ...builder, problems: saved === null && !wasTried ? withoutForm(problems) : problems };

  return (
    <Page
      title={saved === null ? "New form" : `Edit ${saved.draft.name}`}
      maxWidth={2400}
      actions={
        <Toolbar
          undoable={undoable}
          redoable={redoable}
          isChanged={isChanged}
          isNew={saved === null}
          isSaving={saving.isSaving}
          onUndo={undo}
          onRedo={redo}
          onSave={save}
          openPath={saved === null ? null : `/forms/${saved.id}`}
        />
      }
    >
      {theirs === null && <SaveFailure error={saving.error} problems={problems} />}
      <div className={classes.frame} onBlur={settle}>
        <section className={classes.column} aria-label="Fields of the form">
          <DndContext {...dragging}>
            <Stack gap="md" className={classes.body}>
              <Palette builder={shown} />
              {refusal !== null && (
                <Text size="sm" c="var(--mantine-color-error)" role="alert">
                  {refusal}
                </Text>
              )}
              <FieldList builder={shown} />
            </Stack>
          </DndContext>
        </section>
        <section className={classes.column} aria-label="Properties">
          <BuilderContext value={shown}>
            <Properties organization={organization} isAdmin={isAdmin} isSaved={saved !== null} reveals={reveals} />
          </BuilderContext>
        </section>
        <section className={classes.column} aria-label="Preview">
          <Preview draft={draft} formId={saved?.id ?? "new"} organization={organization} viewers={viewers} />
        </section>
      </div>
      {theirs !== null && (
        <ConflictDialog
          theirs={theirs.draft}
          mine={draft}
          isSaving={saving.isSaving}
          error={saving.error}
          onTakeTheirs={() => {
            builder.edit({ type: "replace", draft: theirs.draft });
            saving.acceptTheirs();
          }}
          onKeepMine={() => void saving.save(draft, theirs.etag)}
          onClose={saving.closeComparison}
        />
      )}
      <UnsavedGuard
        isActive={isChanged}
        title="Leave without saving?"
        message="What you changed in this form since it was last saved will be lost."
      />
    </Page>
  );
}
