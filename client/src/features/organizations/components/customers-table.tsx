import { Anchor, Checkbox, Table, Text } from "@mantine/core";

import type { GdapCustomer } from "@/features/organizations/api";
import { canImport, relationshipState } from "@/features/organizations/model/customers";
import { OrgLink } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { StateBadge } from "@/shared/ui/state-badge";
import { Surface } from "@/shared/ui/surface";
import { fullTime } from "@/shared/ui/time";

interface CustomersTableProps {
  customers: readonly GdapCustomer[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: Set<string>) => void;
}

function Standing({ customer }: { customer: GdapCustomer }) {
  if (customer.organizationId !== null) {
    return (
      <Text size="sm">
        Linked to{" "}
        <Anchor component={OrgLink} to={`/organizations/${customer.organizationId}`} inherit>
          {customer.organizationName ?? "an organization"}
        </Anchor>
      </Text>
    );
  }
  return (
    <Text size="sm" c={customer.isActive ? undefined : "dimmed"}>
      {customer.isActive ? "Not linked yet" : "Cannot be imported"}
    </Text>
  );
}

/** The tenants that trust the MSP; those without an organization can be ticked. */
export function CustomersTable({ customers, chosen, onChoose }: CustomersTableProps) {
  const now = new Date();
  const importable = customers.filter(canImport);
  const ticked = importable.filter(({ tenantId }) => chosen.has(tenantId)).length;
  const tick = (tenantIds: readonly string[], isTicked: boolean) => {
    const after = new Set(chosen);
    for (const tenantId of tenantIds) {
      if (isTicked) {
        after.add(tenantId);
      } else {
        after.delete(tenantId);
      }
    }
    onChoose(after);
  };
  return (
    <Surface>
      <ScrollRegion label="Customers, table">
        <Table aria-label="Customers">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w={44}>
                <Checkbox
                  aria-label="Choose all that can be imported"
                  disabled={importable.length === 0}
                  checked={importable.length > 0 && ticked === importable.length}
                  indeterminate={ticked > 0 && ticked < importable.length}
                  onChange={({ currentTarget: { checked } }) =>
                    tick(
                      importable.map(({ tenantId }) => tenantId),
                      checked,
                    )
                  }
                />
              </Table.Th>
              <Table.Th scope="col">Customer</Table.Th>
              <Table.Th scope="col">Relationship</Table.Th>
              <Table.Th scope="col">Roles</Table.Th>
              <Table.Th scope="col">Organization</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {customers.map((customer) => (
              <Table.Tr key={customer.tenantId}>
                <Table.Td>
                  <Checkbox
                    aria-label={`Import ${customer.displayName}`}
                    disabled={!canImport(customer)}
                    checked={chosen.has(customer.tenantId)}
                    onChange={({ currentTarget: { checked } }) => tick([customer.tenantId], checked)}
                  />
                </Table.Td>
                <Table.Td>
                  <Text size="sm" fw={500}>
                    {customer.displayName}
                  </Text>
                  <Text size="xs" c="dimmed" ff="monospace">
                    {customer.tenantId}
                  </Text>
                </Table.Td>
                <Table.Td title={customer.endsAt === null ? undefined : fullTime(new Date(customer.endsAt))}>
                  <StateBadge {...relationshipState(customer, now)} />
                </Table.Td>
                <Table.Td maw={320}>
                  <Text size="sm">{customer.roles.join(", ") || "–"}</Text>
                </Table.Td>
                <Table.Td>
                  <Standing customer={customer} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
