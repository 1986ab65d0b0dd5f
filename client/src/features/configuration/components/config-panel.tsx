import { Button, Group, SegmentedControl, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { ConfigEntry, Place } from "@/features/configuration/api";
import { configQuery, deleteConfigMutation, overridesQuery, saveConfigMutation } from "@/features/configuration/api";
import { ConfigDialog } from "@/features/configuration/components/config-dialog";
import { ConfigTable } from "@/features/configuration/components/config-table";
import { DeleteConfigDialog } from "@/features/configuration/components/delete-config-dialog";
import { OverrideList } from "@/features/configuration/components/override-list";
import { matching } from "@/features/configuration/model/entries";
import { EmptyState } from "@/shared/ui/empty-state";
import { notifyDone } from "@/shared/ui/notify";
import { QueryView } from "@/shared/ui/query-view";
import { SearchInput } from "@/shared/ui/search-input";
import type { SecretNames } from "@/shared/ui/secret-name-input";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

interface ConfigPanelProps {
  /** Null for the values that all organizations share. */
  place: Place;
  secretNames: SecretNames;
  organizationNames: ReadonlyMap<string, string>;
}

type Dialog = { kind: "set"; start: ConfigEntry | undefined } | { kind: "delete"; entry: ConfigEntry } | null;

const standings = [
  { value: "", label: "All" },
  { value: "own", label: "Only here" },
  { value: "overrides", label: "Overriding" },
  { value: "inherited", label: "Inherited" },
];

function titleOf(start: ConfigEntry | undefined): string {
  if (start === undefined) {
    return "New value";
  }
  return `${start.inherited ? "Override" : "Edit"} ${start.key}`;
}

/** The configuration of a place, with everything that can be done to it. */
export function ConfigPanel({ place, secretNames, organizationNames }: ConfigPanelProps) {
  const queryClient = useQueryClient();
  const query = useQuery(configQuery(place));
  const save = useMutation(saveConfigMutation(queryClient, place));
  const remove = useMutation(deleteConfigMutation(queryClient, place));
  const [search, setSearch] = useUrlFilter("q");
  const [standing, setStanding] = useUrlFilter("show");
  const [dialog, setDialog] = useState<Dialog>(null);
  const isShared = place === null;
  const overrides = useQuery({ ...overridesQuery, enabled: isShared });
  const overridden = (key: string) =>
    overrides.data && (
      <OverrideList overrides={overrides.data.filter((one) => one.key === key)} organizationNames={organizationNames} />
    );

  const open = (next: Dialog) => {
    save.reset();
    remove.reset();
    setDialog(next);
  };
  const done = (message: string) => {
    notifyDone(message);
    setDialog(null);
  };
  const newValue = <Button onClick={() => open({ kind: "set", start: undefined })}>New value</Button>;

  return (
    <Stack>
      <Group justify="space-between">
        <Group>
          <SearchInput label="Search configuration" value={search} onChange={setSearch} />
          {!isShared && (
            <SegmentedControl aria-label="Which values" value={standing} onChange={setStanding} data={standings} />
          )}
        </Group>
        {newValue}
      </Group>
      <QueryView query={query} what="the configuration" rows={6}>
        {(entries) => {
          const found = matching(entries, search, isShared ? "" : standing);
          return found.length === 0 ? (
            <EmptyState title={entries.length === 0 ? "No configuration yet" : "No value matches"}>
              {entries.length === 0
                ? "Set the values that workflows ask for: a mail domain, a default location, a switch."
                : "The search looks at keys, values and descriptions. Clear it, or show all values."}
            </EmptyState>
          ) : (
            <ConfigTable
              entries={found}
              overridden={isShared ? overridden : undefined}
              onEdit={(start) => open({ kind: "set", start })}
              onDelete={(entry) => open({ kind: "delete", entry })}
            />
          );
        }}
      </QueryView>
      {dialog?.kind === "set" && (
        <ConfigDialog
          title={titleOf(dialog.start)}
          start={dialog.start}
          entries={query.data ?? []}
          secretNames={secretNames}
          isRunning={save.isPending}
          error={save.error}
          onReset={save.reset}
          onClose={() => open(null)}
          onSubmit={(draft, etag) =>
            save.mutate({ draft, etag }, { onSuccess: () => done(`${draft.key} was saved.`) })
          }
        />
      )}
      {dialog?.kind === "delete" && (
        <DeleteConfigDialog
          entry={dialog.entry}
          now={query.data?.find(({ key }) => key === dialog.entry.key)}
          isShared={isShared}
          isRunning={remove.isPending}
          error={remove.error}
          onClose={() => open(null)}
          onConfirm={(etag) =>
            remove.mutate(
              { key: dialog.entry.key, etag },
              { onSuccess: () => done(`${dialog.entry.key} was ${dialog.entry.overrides ? "set back" : "deleted"}.`) },
            )
          }
        />
      )}
    </Stack>
  );
}
