import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Versioned } from "@/api/answers";
import type { User } from "@/features/users/api";
import { updateUserMutation } from "@/features/users/api";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { notifyDone } from "@/shared/ui/notify";
import { Surface } from "@/shared/ui/surface";

interface UserAccountProps {
  user: Versioned<User>;
  /** Nobody shuts themselves out. */
  isMe: boolean;
  onReload: () => void;
}

/** Whether somebody gets in, and whether they may do everything. */
export function UserAccount({ user: { value: user, etag }, isMe, onReload }: UserAccountProps) {
  const update = useMutation(updateUserMutation(useQueryClient()));
  const [isDisabling, setDisabling] = useState(false);
  const name = user.displayName || user.email;

  const save = (change: { isActive?: boolean; isMspAdmin?: boolean }, done: string) => {
    update.mutate(
      { userId: user.id, change, etag },
      {
        onSuccess: () => {
          setDisabling(false);
          notifyDone(done);
        },
      },
    );
  };

  return (
    <Surface>
      <Stack p="md">
        {user.userType === "MSP" && (
          <Switch
            label="Admin"
            description="May do everything, for every organization. An app role in Entra ID gives the same right and is not shown here."
            checked={user.isMspAdmin}
            disabled={isMe || update.isPending}
            onChange={({ currentTarget: { checked } }) =>
              save({ isMspAdmin: checked }, checked ? `${name} is an admin now.` : `${name} is no admin any more.`)
            }
          />
        )}
        <Group>
          {user.isActive ? (
            <Button variant="default" disabled={isMe} onClick={() => setDisabling(true)}>
              Disable the account
            </Button>
          ) : (
            <Button loading={update.isPending} onClick={() => save({ isActive: true }, `${name} may sign in again.`)}>
              Enable the account
            </Button>
          )}
          {isMe && (
            <Text size="sm" c="dimmed">
              This is your own account; another admin can change it.
            </Text>
          )}
        </Group>
        {update.isError && !isDisabling && (
          <ErrorNotice error={update.error} title="The account was not changed." onRetry={onReload} />
        )}
      </Stack>
      {isDisabling && (
        <ConfirmDialog
          title={`Disable ${name}?`}
          action="Disable the account"
          isRunning={update.isPending}
          error={update.error}
          onClose={() => setDisabling(false)}
          onConfirm={() => save({ isActive: false }, `${name} is shut out from the next request on.`)}
        >
          <Text>
            {name} is refused from the next request on, also in a session that is open now. Permissions, roles and
            history stay, and count again once the account is enabled.
          </Text>
        </ConfirmDialog>
      )}
    </Surface>
  );
}
