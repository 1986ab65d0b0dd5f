import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Integration, IntegrationType, Place } from "@/features/integrations/api";
import {
  removeIntegrationMutation,
  saveIntegrationMutation,
  testIntegrationMutation,
} from "@/features/integrations/api";
import { IntegrationCard } from "@/features/integrations/components/integration-card";
import { IntegrationDialog } from "@/features/integrations/components/integration-dialog";
import { RemoveIntegrationDialog } from "@/features/integrations/components/remove-integration-dialog";
import { notifyDone } from "@/shared/ui/notify";
import type { SecretNames } from "@/shared/ui/secret-name-input";

interface IntegrationViewProps {
  place: Place;
  type: IntegrationType;
  entry: Integration | undefined;
  isAdmin: boolean;
  secretNames: SecretNames;
}

/** One integration with its dialogs. */
export function IntegrationView({ place, type, entry, isAdmin, secretNames }: IntegrationViewProps) {
  const queryClient = useQueryClient();
  const save = useMutation(saveIntegrationMutation(queryClient, place));
  const toggle = useMutation(saveIntegrationMutation(queryClient, place));
  const remove = useMutation(removeIntegrationMutation(queryClient, place));
  const test = useMutation(testIntegrationMutation(queryClient, place));
  const [isEditing, setEditing] = useState(false);
  const [removed, setRemoved] = useState<Integration | null>(null);
  const close = () => {
    save.reset();
    remove.reset();
    setEditing(false);
    setRemoved(null);
  };
  const done = (message: string) => {
    notifyDone(message);
    test.reset();
    toggle.reset();
    close();
  };

  return (
    <>
      <IntegrationCard
        type={type}
        entry={entry}
        isShared={place === null}
        test={{
          run: () => test.mutate(type.type),
          isRunning: test.isPending,
          error: test.error,
          result: test.data,
        }}
        toggle={{
          run: (isOn) =>
            toggle.mutate(
              {
                type: type.type,
                draft: { enabled: isOn, settings: entry?.settings ?? {} },
                etag: entry?.etag ?? null,
              },
              { onSuccess: () => done(`${type.label} is ${isOn ? "on" : "off"} now.`) },
            ),
          isRunning: toggle.isPending,
          error: toggle.error,
        }}
        onEdit={() => setEditing(true)}
        onRemove={() => setRemoved(entry ?? null)}
      />
      {isEditing && (
        <IntegrationDialog
          type={type}
          now={entry}
          isShared={place === null}
          isAdmin={isAdmin}
          secretNames={secretNames}
          isRunning={save.isPending}
          error={save.error}
          onReset={save.reset}
          onClose={close}
          onSubmit={(draft, etag) =>
            save.mutate(
              { type: type.type, draft, etag },
              { onSuccess: () => done(`${type.label} was saved. Test it to see whether it works.`) },
            )
          }
        />
      )}
      {removed !== null && (
        <RemoveIntegrationDialog
          entry={removed}
          now={entry}
          isShared={place === null}
          isRunning={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={(etag) =>
            remove.mutate(
              { type: type.type, etag },
              { onSuccess: () => done(`The settings of ${type.label} were removed.`) },
            )
          }
        />
      )}
    </>
  );
}
