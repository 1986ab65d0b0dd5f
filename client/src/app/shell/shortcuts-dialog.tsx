import { Group, Kbd, Stack, Switch, Table } from "@mantine/core";
import { Fragment } from "react";

import type { Section } from "@/app/shell/sections";
import { setShortcutsEnabled, useShortcutsEnabled } from "@/shared/shortcuts/shortcuts";
import { Dialog } from "@/shared/ui/dialog";

const everywhere = [
  { keys: ["/"], what: "Search on this page, else among organizations" },
  { keys: ["o"], what: "Choose an organization" },
  { keys: ["?"], what: "Show this list" },
];

interface ShortcutsDialogProps {
  /** Those this person may go to. */
  sections: readonly Section[];
  onClose: () => void;
}

/** What the keys do, and the switch that turns them off. */
export function ShortcutsDialog({ sections, onClose }: ShortcutsDialogProps) {
  const shortcuts = [
    ...everywhere,
    ...sections.map(({ key, label }) => ({ keys: ["g", key], what: `Go to ${label}` })),
  ];
  const isEnabled = useShortcutsEnabled();
  return (
    <Dialog onClose={onClose} title="Keyboard shortcuts">
      <Stack>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Keys</Table.Th>
              <Table.Th scope="col">What they do</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shortcuts.map(({ keys, what }) => (
              <Table.Tr key={what}>
                <Table.Td>
                  <Group gap={6} wrap="nowrap">
                    {keys.map((key, index) => (
                      <Fragment key={key}>
                        {index > 0 && "then"}
                        <Kbd>{key}</Kbd>
                      </Fragment>
                    ))}
                  </Group>
                </Table.Td>
                <Table.Td>{what}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Switch
          label="Use single-key shortcuts"
          description="Switch them off if your tools send keys of their own."
          checked={isEnabled}
          onChange={(event) => setShortcutsEnabled(event.currentTarget.checked)}
        />
      </Stack>
    </Dialog>
  );
}
