import { Anchor, Table, Text } from "@mantine/core";

import { TagList } from "@/features/workflows/components/tag-list";
import { categoryOf } from "@/features/workflows/model/catalog";
import type { Workflow } from "@/features/workflows/model/workflow";
import { OrgLink } from "@/shared/session/org-link";
import { CodeWords } from "@/shared/ui/code-words";
import { countOf } from "@/shared/ui/count-of";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { workflowTitle } from "@/shared/ui/workflow-title";

function runsBy({ executionMode, schedules = [] }: Workflow): string {
  const mode = executionMode === "async" ? "Background" : "At once";
  return schedules.length === 0 ? mode : `${mode}, ${countOf(schedules.length, "schedule")}`;
}

/** Workflows by name; a name opens one. */
export function WorkflowsTable({ workflows }: { workflows: readonly Workflow[] }) {
  return (
    <Surface>
      <ScrollRegion label="Workflows, table">
        <Table highlightOnHover highlightOnHoverColor="var(--app-hover)" aria-label="Workflows">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">Category</Table.Th>
              <Table.Th scope="col">Tags</Table.Th>
              <Table.Th scope="col">Runs</Table.Th>
              <Table.Th scope="col" ta="right">
                Parameters
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {workflows.map((workflow) => (
              <Table.Tr key={workflow.name}>
                <Table.Td>
                  <Anchor component={OrgLink} to={`/workflows/${workflow.name}`} inherit fw={500}>
                    {workflowTitle(workflow.name)}
                  </Anchor>
                  <Text size="xs" c="dimmed" lineClamp={2}>
                    <CodeWords text={workflow.description} />
                  </Text>
                </Table.Td>
                <Table.Td>{categoryOf(workflow)}</Table.Td>
                <Table.Td>
                  <TagList tags={workflow.tags ?? []} />
                </Table.Td>
                <Table.Td>{runsBy(workflow)}</Table.Td>
                <Table.Td ta="right">{(workflow.parameters ?? []).length}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
