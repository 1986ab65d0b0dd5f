import { Button, Table, Text } from "@mantine/core";
import { useState } from "react";

import type { AuditEntry } from "@/features/audit/api";
import { ChangeList } from "@/features/audit/components/change-list";
import { actionTitle, namesByTarget, targetName } from "@/features/audit/model/changes";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

interface AuditTableProps {
  entries: readonly AuditEntry[];
  organizationNames: ReadonlyMap<string, string>;
  /** People and roles by id. */
  otherNames: ReadonlyMap<string, string>;
}

function Entry({ entry, target, organization }: { entry: AuditEntry; target: string; organization: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Time value={entry.at} />
        </Table.Td>
        <Table.Td>{entry.actorEmail || entry.actorId}</Table.Td>
        <Table.Td>
          <Text span fw={500}>
            {actionTitle(entry.action)}
          </Text>
          <Text size="xs" c="dimmed" title={entry.target}>
            {target}
          </Text>
        </Table.Td>
        <Table.Td>{organization}</Table.Td>
        <Table.Td ta="right">
          <Button
            size="xs"
            variant="default"
            aria-expanded={isOpen}
            aria-label={`Details of ${actionTitle(entry.action)}, ${target}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Hide" : "Details"}
          </Button>
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={5}>
            <ChangeList entry={entry} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

/** Changes, newest first; each opens to what it was before and after. */
export function AuditTable({ entries, organizationNames, otherNames }: AuditTableProps) {
  const names = namesByTarget(entries, [...organizationNames, ...otherNames]);
  return (
    <Surface>
      <ScrollRegion label="Audit log, table">
        <Table aria-label="Audit log">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">When</Table.Th>
              <Table.Th scope="col">Who</Table.Th>
              <Table.Th scope="col">What</Table.Th>
              <Table.Th scope="col">Organization</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <Entry
                key={entry.id}
                entry={entry}
                target={targetName(entry, names)}
                organization={
                  entry.orgId === "GLOBAL" ? "All" : (organizationNames.get(entry.orgId) ?? "No longer active")
                }
              />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
