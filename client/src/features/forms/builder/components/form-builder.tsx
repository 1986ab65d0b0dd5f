import { DndContext } from "@dnd-kit/core";
import { Button, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";

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
import type { SavedForm } from "@/features/forms/builder/hooks/use-save";
import { useSave } from "@/features/forms/builder/hooks/use-save";
import { useSaveKey } from "@/features/forms/builder/hooks/use-save-key";
import type { FormDraft } from "@/features/forms/builder/model/draft";
import { linesOf } from "@/features/forms/builder/model/lines";
import type { Problems } from "@/features/forms/builder/model/problems";
import { formOwner } from "@/features/forms/builder/model/problems";
import { readServerErrors, withServerErrors } from "@/features/forms/builder/model/server-errors";
import { OrgLink } from "@/shared/session/org-link";
import { notifyDone } from "@/shared/ui/notify";
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

/** The first of the form, its sections and its fields that something is wrong with. */
function firstWrong(draft: FormDraft, problems: Problems): string | undefined {
  return [formOwner, ...linesOf(draft).map(({ id }) => id)].find((id) => problems[id] !== undefined);
}

/** A new form is not yet wrong for having no name and no workflow. */
function withoutForm(problems: Problems): Problems {
  return Object.fromEntries(Object.entries(problems).filter(([owner]) => owner !== formOwner));
}

/** Builds a form: what it has on the left, the properties of one part in the middle, the form itself on the right. */
export function FormBuilder(props: FormBuilderProps) {
  const { start, catalog, organization, isAdmin, viewers, onCreated } = props;
  const { builder, problems, refusal, undoable, redoable, undo, redo, settle, setServerErrors } = useBuilder(
    start,
    catalog,
  );
  const { draft } = builder;
  const [wasTried, setTried] = useState(false);
  const dragging = useDragging(builder);
  const [reveals, setReveals] = useState(0);
  const [createdId, setCreatedId] = useState<string | null>(null);

  const reveal = (all: Problems) => {
    const owner = firstWrong(draft, all);
    if (owner !== undefined) {
      builder.select(owner);
      setReveals((count) => count + 1);
    }
  };
  const saving = useSave({
    organizationId: organization.id,
    saved: props.saved,
    onSaved: ({ id, draft: { name } }) => {
      notifyDone(`“${name}” is saved.`);
      setServerErrors([]);
      setCreatedId(saving.saved === null ? id : null);
    },
    onRefused: (sent, fields) => {
      const errors = readServerErrors(sent, fields);
      setServerErrors(errors);
      reveal(withServerErrors({}, errors, sent));
    },
  });
  const { saved, theirs } = saving;
  const isChanged = saving.isChanged(draft);
  const save = () => {
    setTried(true);
    if (Object.keys(problems).length > 0) {
      reveal(problems);
    } else if (!saving.isSaving) {
      void saving.save(draft);
    }
  };
  useSaveKey(save);

  // Only once the guard below knows that nothing is unsaved any more.
  useEffect(() => {
    if (createdId !== null) {
      onCreated(createdId);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- it leaves once, when the form is there
  }, [createdId]);

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
        >
          {saved !== null && (
            <Button component={OrgLink} to={`/forms/${saved.id}`} variant="default">
              Open the form
            </Button>
          )}
        </Toolbar>
      }
    >
      {theirs === null && <SaveFailure error={saving.error} problems={problems} />}
      <BuilderContext value={{ ...builder, problems: saved === null && !wasTried ? withoutForm(problems) : problems }}>
        <DndContext {...dragging}>
          <div className={classes.frame} onBlur={settle}>
            <section className={classes.column} aria-label="Fields of the form">
              <Stack gap="md" className={classes.body}>
                <Palette />
                {refusal !== null && (
                  <Text size="sm" c="var(--mantine-color-error)" role="alert">
                    {refusal}
                  </Text>
                )}
                <FieldList />
              </Stack>
            </section>
            <section className={classes.column} aria-label="Properties">
              <Properties
                organization={organization}
                isAdmin={isAdmin}
                isSaved={saved !== null}
                reveals={reveals}
              />
            </section>
            <section className={classes.column} aria-label="Preview">
              <Preview formId={saved?.id ?? "new"} organization={organization} viewers={viewers} />
            </section>
          </div>
        </DndContext>
      </BuilderContext>
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
