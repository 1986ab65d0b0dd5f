import { Anchor, Checkbox, List, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { isChangedMeanwhile } from "@/api/changed-meanwhile";
import type { Secret } from "@/features/secrets/api";
import type { SecretReference } from "@/features/secrets/model/references";
import { pathOf, referencesOf } from "@/features/secrets/model/references";
import { OrgLink } from "@/shared/session/org-link";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Notice } from "@/shared/ui/notice";
import { Time } from "@/shared/ui/time";

interface DeleteSecretDialogProps {
  secret: Secret;
  /** The same secret as it is now. */
  now: Secret | undefined;
  isShared: boolean;
  /** Names of organizations by id. */
  organizationNames: ReadonlyMap<string, string>;
  isRunning: boolean;
  error: unknown;
  onConfirm: (asked: { etag: string | null; force: boolean }) => void;
  onClose: () => void;
}

const kinds = { config: "Configuration", integration: "Integration" };

function References({ found, organizationNames }: { found: SecretReference[]; organizationNames: ReadonlyMap<string, string> }) {
  const placeOf = (orgId: string) =>
    orgId === "GLOBAL" ? "all organizations" : (organizationNames.get(orgId) ?? "another organization");
  return (
    <List size="sm">
      {found.map((reference) => (
        <List.Item key={`${reference.kind} ${reference.orgId} ${reference.key}`}>
          {kinds[reference.kind]}{" "}
          <Anchor component={OrgLink} to={pathOf(reference)} inherit>
            {reference.key}
          </Anchor>{" "}
          of {placeOf(reference.orgId)}
        </List.Item>
      ))}
    </List>
  );
}

function consequence(secret: Secret, isShared: boolean): string {
  if (secret.overrides) {
    return "This organization gets the value that all organizations share from the next run on.";
  }
  return isShared
    ? "Every organization without a value of its own loses it from the next run on."
    : "This organization has no value for this name any more from the next run on.";
}

/** Asks before a secret is gone; where something names it, shows what breaks and asks once more. */
export function DeleteSecretDialog(props: DeleteSecretDialogProps) {
  const { secret, now, isShared, organizationNames, isRunning, error, onConfirm, onClose } = props;
  const [isSure, setSure] = useState(false);
  const [references, setReferences] = useState<SecretReference[] | null>(null);
  const found = referencesOf(error) ?? references;
  const isConflict = isChangedMeanwhile(error);
  const current = isConflict ? now : secret;
  const confirm = () => {
    // Kept while the next attempt runs, and if that fails for another reason.
    setReferences(found);
    onConfirm({ etag: current?.etag ?? null, force: found !== null });
  };

  return (
    <ConfirmDialog
      title={`Delete ${secret.name}?`}
      action={found === null ? "Delete the secret" : "Delete it anyway"}
      isRunning={isRunning}
      isBlocked={found !== null && !isSure}
      error={isConflict || referencesOf(error) !== null ? null : error}
      onClose={onClose}
      onConfirm={confirm}
    >
      <Stack gap="xs">
        <Text>The value cannot be had back. {consequence(secret, isShared)}</Text>
        {isConflict && (
          <Notice tone="warning" title="Somebody changed this secret meanwhile." announce="alert">
            <Text size="sm">
              Nothing was deleted. {now ? "It was set " : "It is gone already."}
              {now && <Time value={now.updatedAt} />}
              {now && "; delete it again only if you mean that value."}
            </Text>
          </Notice>
        )}
        {found !== null && (
          <Notice tone="warning" title={`${secret.name} is used in ${found.length === 1 ? "one place" : `${found.length} places`}.`} announce="alert">
            <References found={found} organizationNames={organizationNames} />
            <Text size="sm">Change those first, and nothing breaks. Until then the secret is kept.</Text>
            <Checkbox
              label="Delete it anyway: I know that what uses it will fail"
              checked={isSure}
              onChange={(event) => setSure(event.currentTarget.checked)}
            />
          </Notice>
        )}
      </Stack>
    </ConfirmDialog>
  );
}
