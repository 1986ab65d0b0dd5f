import { Code, Table } from "@mantine/core";

import { scheduleScope, secondsInWords } from "@/features/workflows/model/words";
import type { Workflow } from "@/features/workflows/model/workflow";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";

/** When a workflow runs by itself, as its file declares it. */
export function DeclaredSchedules({ workflow }: { workflow: Workflow }) {
  return (
    <Surface>
      <ScrollRegion label="Schedules, table">
        <Table aria-label="Schedules">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">When (cron)</Table.Th>
              <Table.Th scope="col">Time zone</Table.Th>
              <Table.Th scope="col">For</Table.Th>
              <Table.Th scope="col">While the last one runs</Table.Th>
              <Table.Th scope="col">Made up for</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(workflow.schedules ?? []).map((schedule) => (
              <Table.Tr key={schedule.name}>
                <Table.Th scope="row" fw={500}>
                  {schedule.name}
                </Table.Th>
                <Table.Td>
                  <Code>{schedule.cron}</Code>
                </Table.Td>
                <Table.Td>{schedule.timezone}</Table.Td>
                <Table.Td>{scheduleScope(workflow, schedule)}</Table.Td>
                <Table.Td>{schedule.overlap === "queue" ? "Waits" : "Is left out"}</Table.Td>
                <Table.Td>If late by up to {secondsInWords(schedule.catchUpSeconds ?? 600)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
