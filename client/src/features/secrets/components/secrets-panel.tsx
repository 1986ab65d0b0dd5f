import { Button, Group, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Place, Secret } from "@/features/secrets/api";
import { deleteSecretMutation, secretsQuery, setSecretMutation } from "@/features/secrets/api";
import { DeleteSecretDialog } from "@/features/secrets/components/delete-secret-dialog";
import { SecretDialog } from "@/features/secrets/components/secret-dialog";
import { SecretKept } from "@/features/secrets/components/secret-kept";
import { SecretsTable } from "@/features/secrets/components/secrets-table";
import { EmptyState } from "@/shared/ui/empty-state";
import { notifyDone } from "@/shared/ui/notify";
import { QueryView } from "@/shared/ui/query-view";
import { SearchInput } from "@/shared/ui/search-input";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

interface SecretsPanelProps {
  /** Null for the secrets that all organizations share. */
  place: Place;
  /** Names of organizations by id, to say where a secret is used. */
  organizationNames: ReadonlyMap<string, string>;
}

type Dialog =
  | { kind: "set"; start: Secret | undefined }
  | { kind: "kept"; name: string; value: string }
  | { kind: "delete"; secret: Secret }
  | null;

/** The secrets of a place: names come out, values only go in. */
export function SecretsPanel({ place, organizationNames }: SecretsPanelProps) {
  const queryClient = useQueryClient();
  const query = useQuery(secretsQuery(place));
  const set = useMutation(setSecretMutation(queryClient, place));
  const remove = useMutation(deleteSecretMutation(queryClient, place));
  const [search, setSearch] = useUrlFilter("q");
  const [dialog, setDialog] = useState<Dialog>(null);
  const isShared = place === null;
  const open = (next: Dialog) => {
    set.reset();
    remove.reset();
    setDialog(next);
  };

  return (
    <Stack>
      <Group justify="space-between">
        <SearchInput label="Search secrets" value={search} onChange={setSearch} />
        <Button onClick={() => open({ kind: "set", start: undefined })}>New secret</Button>
      </Group>
      <QueryView query={query} what="the secrets" rows={4}>
        {(secrets) => {
          const found = secrets.filter(({ name }) => name.includes(search.trim().toLowerCase()));
          return found.length === 0 ? (
            <EmptyState title={secrets.length === 0 ? "No secrets yet" : `No secret matches “${search}”`}>
              {secrets.length === 0
                ? "Set the passwords and keys that integrations and workflows need. They lie in the key vault alone."
                : "The search looks at names; values cannot be searched."}
            </EmptyState>
          ) : (
            <SecretsTable
              secrets={found}
              isShared={isShared}
              onSet={(start) => open({ kind: "set", start })}
              onDelete={(secret) => open({ kind: "delete", secret })}
            />
          );
        }}
      </QueryView>
      {dialog?.kind === "set" && (
        <SecretDialog
          start={dialog.start}
          secrets={query.data ?? []}
          isRunning={set.isPending}
          error={set.error}
          onClose={() => open(null)}
          onSubmit={(draft) =>
            set.mutate(draft, {
              onSuccess: () => open({ kind: "kept", name: draft.name, value: draft.value }),
            })
          }
        />
      )}
      {dialog?.kind === "kept" && (
        <SecretKept name={dialog.name} value={dialog.value} onClose={() => open(null)} />
      )}
      {dialog?.kind === "delete" && (
        <DeleteSecretDialog
          secret={dialog.secret}
          now={query.data?.find(({ name, inherited }) => name === dialog.secret.name && !inherited)}
          isShared={isShared}
          organizationNames={organizationNames}
          isRunning={remove.isPending}
          error={remove.error}
          onClose={() => open(null)}
          onConfirm={(asked) =>
            remove.mutate(
              { name: dialog.secret.name, ...asked },
              {
                onSuccess: () => {
                  notifyDone(`${dialog.secret.name} was deleted.`);
                  open(null);
                },
              },
            )
          }
        />
      )}
    </Stack>
  );
}
