import { Anchor, Table, Text } from "@mantine/core";

import type { GdapImport } from "@/features/organizations/api";
import { OrgLink } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import type { StateTone } from "@/shared/ui/state-badge";
import { StateBadge } from "@/shared/ui/state-badge";
import { Surface } from "@/shared/ui/surface";

const outcomes: Record<GdapImport["outcome"], { tone: StateTone; label: string }> = {
  created: { tone: "success", label: "Created" },
  alreadyLinked: { tone: "neutral", label: "Linked already" },
  refused: { tone: "failure", label: "Refused" },
};

interface ImportResultsProps {
  results: readonly GdapImport[];
  /** Names of customers by tenant id, for those of which nothing was made. */
  customerNames: ReadonlyMap<string, string>;
}

/** What came of each customer. */
export function ImportResults({ results, customerNames }: ImportResultsProps) {
  return (
    <Surface>
      <ScrollRegion label="Results of the import, table">
        <Table aria-label="Results of the import">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Customer</Table.Th>
              <Table.Th scope="col">Result</Table.Th>
              <Table.Th scope="col">Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {results.map(({ tenantId, outcome, organization, reason }) => (
              <Table.Tr key={tenantId}>
                <Table.Th scope="row" fw={500}>
                  {organization === null ? (
                    (customerNames.get(tenantId) ?? tenantId)
                  ) : (
                    <Anchor component={OrgLink} to={`/organizations/${organization.id}`} inherit>
                      {organization.name}
                    </Anchor>
                  )}
                </Table.Th>
                <Table.Td>
                  <StateBadge {...outcomes[outcome]} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm">{reason ?? "–"}</Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
