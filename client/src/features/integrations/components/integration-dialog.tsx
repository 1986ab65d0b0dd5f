import { Switch, Text } from "@mantine/core";
import { useState } from "react";

import { isChangedMeanwhile } from "@/api/changed-meanwhile";
import type { Integration, IntegrationDraft, IntegrationType } from "@/features/integrations/api";
import { SettingInput } from "@/features/integrations/components/setting-input";
import type { SettingField, SettingTexts } from "@/features/integrations/model/settings";
import {
  connectsItself,
  fieldsOf,
  inheritedText,
  settingProblem,
  settingsOf,
  settingText,
  textsOf,
} from "@/features/integrations/model/settings";
import type { Difference } from "@/shared/drafts/three-way";
import { ConflictNotice, replaceTheirs } from "@/shared/ui/conflict-notice";
import { fieldError, FormDialog } from "@/shared/ui/form-dialog";
import type { SecretNames } from "@/shared/ui/secret-name-input";

interface IntegrationDialogProps {
  type: IntegrationType;
  /** As it is now; undefined where it is set up neither here nor for all. */
  now: Integration | undefined;
  isShared: boolean;
  isAdmin: boolean;
  secretNames: SecretNames;
  isRunning: boolean;
  error: unknown;
  onSubmit: (draft: IntegrationDraft, etag: string | null) => void;
  onReset: () => void;
  onClose: () => void;
}

const onOff = (isOn: boolean) => (isOn ? "On" : "Off");

function differencesOf(fields: readonly SettingField[], now: Integration, texts: SettingTexts, isOn: boolean) {
  const differences: Difference[] = fields.map(({ name, label }) => ({
    label,
    theirs: settingText(now.settings[name]),
    yours: texts[name] ?? "",
  }));
  return [{ label: "Enabled", theirs: onOff(now.ownEnabled ?? true), yours: onOff(isOn) }, ...differences];
}

/** A type's settings as its schema describes them; blank ones are inherited. */
export function IntegrationDialog(props: IntegrationDialogProps) {
  const { type, now, isShared, isAdmin, secretNames, isRunning, error, onSubmit, onReset, onClose } = props;
  // An organization cannot hold what only the shared settings may.
  const fields = fieldsOf(type.settingsSchema).filter(({ isSharedOnly }) => isShared || !isSharedOnly);
  const [basis, setBasis] = useState(now);
  const [isOn, setOn] = useState(now?.ownEnabled ?? true);
  const [texts, setTexts] = useState(textsOf(fields, now?.settings ?? {}));
  const [wasTried, setTried] = useState(false);

  const isConflict = isChangedMeanwhile(error);
  const inherited = (field: SettingField) => inheritedText(field, fields, texts, now?.sharedSettings ?? null);
  // What is switched off may be half done.
  const isNeeded = (field: SettingField) => field.isRequired && isOn && inherited(field) === "";
  const problem = (field: SettingField) => settingProblem(field, texts[field.name] ?? "", isNeeded(field));
  const shown = (field: SettingField) =>
    (wasTried ? problem(field) : null) ?? (isConflict ? undefined : fieldError(error, `settings.${field.name}`));

  const submit = () => {
    setTried(true);
    if (fields.every((field) => problem(field) === null)) {
      const etag = isConflict ? now?.etag : basis?.etag;
      onSubmit({ enabled: isOn, settings: settingsOf(fields, texts) }, etag ?? null);
    }
  };
  const takeTheirs = () => {
    onReset();
    if (now === undefined || now.inherited) {
      onClose();
      return;
    }
    setBasis(now);
    setOn(now.ownEnabled ?? true);
    setTexts(textsOf(fields, now.settings));
  };

  return (
    <FormDialog
      title={`${type.label}: ${isShared ? "settings that all organizations share" : "settings of this organization"}`}
      action={isConflict && now && !now.inherited ? replaceTheirs : "Save"}
      size="lg"
      isRunning={isRunning}
      error={isConflict ? null : error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Switch
        label="Enabled"
        description="While it is off, workflows are told that it is not set up."
        checked={isOn}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
      {!isShared && now?.sharedSettings && (
        <Text size="sm" c="dimmed">
          {connectsItself(fields, texts)
            ? "This organization connects on its own: where and as whom to connect all comes from here, and so do its secrets."
            : "What is blank is inherited. To connect on its own, set where and as whom to connect; secrets must then be this organization's."}
        </Text>
      )}
      {fields.map((field) => (
        <SettingInput
          key={field.name}
          field={field}
          text={texts[field.name] ?? ""}
          inherited={inherited(field)}
          isNeeded={isNeeded(field)}
          isLocked={field.isAdminOnly && !isAdmin}
          error={shown(field)}
          secretNames={secretNames}
          onChange={(text) => setTexts((before) => ({ ...before, [field.name]: text }))}
        />
      ))}
      {isConflict && (
        <ConflictNotice
          what="these settings"
          differences={now === undefined || now.inherited ? null : differencesOf(fields, now, texts, isOn)}
          onTakeTheirs={takeTheirs}
        />
      )}
    </FormDialog>
  );
}
