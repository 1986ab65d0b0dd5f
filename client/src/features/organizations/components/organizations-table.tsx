import { Anchor, Badge, Group, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Organization } from "@/features/organizations/api";
import { TenantLinkBadge } from "@/features/organizations/components/tenant-link-badge";
import { withOrganization } from "@/shared/session/org-link";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

interface OrganizationsTableProps {
  organizations: readonly Organization[];
  onTag: (tag: string) => void;
  /** The newest execution of one of them, with the way to it. */
  lastExecution: (organizationId: string) => ReactNode;
}

type RowProps = Omit<OrganizationsTableProps, "organizations"> & { organization: Organization };

function Row({ organization, onTag, lastExecution }: RowProps) {
  const { id, name, isActive, tags, tenantId, tenantLink } = organization;
  const path = `/organizations/${id}`;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Anchor component={Link} to={isActive ? withOrganization(path, id) : path} inherit fw={500}>
            {name}
          </Anchor>
          {!isActive && <Badge color="gray">Inactive</Badge>}
        </Group>
        {tenantId !== null && (
          <Text size="xs" c="dimmed" ff="monospace">
            {tenantId}
          </Text>
        )}
      </Table.Td>
      <Table.Td maw={380}>
        <TenantLinkBadge link={tenantLink} />
        {tenantLink.status === "failing" && tenantLink.reason !== null && (
          <Text size="xs" c="dimmed" mt={2} lineClamp={2} title={tenantLink.reason}>
            {tenantLink.reason}
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="lg">
        <Time value={tenantLink.verifiedAt} />
      </Table.Td>
      <Table.Td>{lastExecution(id)}</Table.Td>
      <Table.Td>
        <Group gap={6}>
          {tags.map((tag) => (
            <Badge
              key={tag}
              component="button"
              color="gray"
              aria-label={`Only those tagged ${tag}`}
              onClick={() => onTag(tag)}
            >
              {tag}
            </Badge>
          ))}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** Organizations by name, with whether their tenant can be reached; a name opens one. */
export function OrganizationsTable({ organizations, ...row }: OrganizationsTableProps) {
  return (
    <Surface>
      <ScrollRegion label="Organizations, table">
        <Table highlightOnHover highlightOnHoverColor="var(--app-hover)" aria-label="Organizations">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">Microsoft 365 tenant</Table.Th>
              <Table.Th scope="col" visibleFrom="lg">
                Verified
              </Table.Th>
              <Table.Th scope="col">Last execution</Table.Th>
              <Table.Th scope="col">Tags</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {organizations.map((organization) => (
              <Row key={organization.id} organization={organization} {...row} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
