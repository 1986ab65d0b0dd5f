import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Versioned } from "@/api/answers";
import type { Organization } from "@/features/organizations/api";
import { deactivateOrganizationMutation, updateOrganizationMutation } from "@/features/organizations/api";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { notifyDone } from "@/shared/ui/notify";

/** Closes an organization, or opens it again; both are asked about first. */
export function Activation({ organization: { value, etag } }: { organization: Versioned<Organization> }) {
  const queryClient = useQueryClient();
  const deactivate = useMutation(deactivateOrganizationMutation(queryClient, value.id));
  const update = useMutation(updateOrganizationMutation(queryClient, value.id));
  const [isAsking, setAsking] = useState(false);
  const { name, isActive } = value;
  const close = () => {
    deactivate.reset();
    update.reset();
    setAsking(false);
  };
  const done = (message: string) => () => {
    notifyDone(message);
    close();
  };

  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {isActive ? "Deactivate" : "Reactivate"}
      </Button>
      {isAsking && isActive && (
        <ConfirmDialog
          title={`Deactivate ${name}?`}
          action="Deactivate the organization"
          isRunning={deactivate.isPending}
          error={deactivate.error}
          onClose={close}
          onConfirm={() => deactivate.mutate({ etag }, { onSuccess: done(`${name} is inactive.`) })}
        >
          <Text>
            Nobody can work in {name} from the next request on: its forms, schedules and webhooks stop, and its people
            cannot sign in. Nothing is deleted; configuration, secrets, permissions and history come back with it.
          </Text>
        </ConfirmDialog>
      )}
      {isAsking && !isActive && (
        <ConfirmDialog
          title={`Reactivate ${name}?`}
          action="Reactivate the organization"
          isDestructive={false}
          isRunning={update.isPending}
          error={update.error}
          onClose={close}
          onConfirm={() =>
            update.mutate({ change: { isActive: true }, etag }, { onSuccess: done(`${name} is active again.`) })
          }
        >
          <Text>
            The permissions given before count again, its people can sign in, and its schedules and webhooks run from
            now on. What was due meanwhile is not caught up.
          </Text>
        </ConfirmDialog>
      )}
    </>
  );
}
