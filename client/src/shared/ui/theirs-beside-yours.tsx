import { Table } from "@mantine/core";

import type { Difference } from "@/shared/drafts/three-way";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import classes from "@/shared/ui/theirs-beside-yours.module.css";

/** What two people did to the same thing, line by line. */
export function TheirsBesideYours({ differences }: { differences: readonly Difference[] }) {
  return (
    <ScrollRegion label="Theirs beside yours, table">
      <Table aria-label="Theirs beside yours" verticalSpacing={4} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">What</Table.Th>
            <Table.Th scope="col">Theirs, saved</Table.Th>
            <Table.Th scope="col">Yours</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ label, theirs, yours }) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" fw={500}>
                {label}
              </Table.Th>
              <Table.Td className={classes.value}>{theirs || "none"}</Table.Td>
              <Table.Td className={classes.value}>{yours || "none"}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}
