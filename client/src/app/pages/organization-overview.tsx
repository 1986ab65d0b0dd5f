import { Anchor, Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";

import { organizationQuery, organizationsQuery } from "@/features/organizations/api";
import { Activation } from "@/features/organizations/components/activation";
import { EditOrganizationDialog } from "@/features/organizations/components/edit-organization-dialog";
import { TenantLinkPanel } from "@/features/organizations/components/tenant-link-panel";
import { userQuery } from "@/features/users/api";
import { OrgLink } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";
import { Fact, Facts } from "@/shared/ui/facts";
import { notifyDone } from "@/shared/ui/notify";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

function Person({ userId }: { userId: string }) {
  const { data } = useQuery(userQuery(userId));
  return (
    <Anchor component={OrgLink} to={`/users/${userId}`} inherit>
      {data === undefined ? userId : data.value.displayName || data.value.email || userId}
    </Anchor>
  );
}

/** What an organization is; an admin changes it here. */
export function OrganizationOverview() {
  const { isAdmin } = useMe();
  const { organizationId = "" } = useParams();
  const query = useQuery(organizationQuery(organizationId));
  const every = useQuery({ ...organizationsQuery, enabled: isAdmin });
  const [isEditing, setEditing] = useState(false);
  if (query.data === undefined) {
    return null;
  }
  const organization = query.data.value;
  return (
    <Stack>
      <Surface p="md" component="section" aria-label="Organization">
        <Stack>
          <Group justify="space-between">
            <Title order={2}>Organization</Title>
            {isAdmin && (
              <Group gap="xs">
                <Button variant="default" onClick={() => setEditing(true)}>
                  Edit
                </Button>
                <Activation organization={query.data} />
              </Group>
            )}
          </Group>
          <Facts>
            <Fact name="Name">{organization.name}</Fact>
            <Fact name="Tags">
              {organization.tags.length === 0 ? (
                <Text span c="dimmed" inherit>
                  None
                </Text>
              ) : (
                <Group gap={6}>
                  {organization.tags.map((tag) => (
                    <Badge key={tag} color="gray">
                      {tag}
                    </Badge>
                  ))}
                </Group>
              )}
            </Fact>
            <Fact name="Created">
              <Time value={organization.createdAt} />
            </Fact>
            {isAdmin && (
              <Fact name="Created by">
                <Person userId={organization.createdBy} />
              </Fact>
            )}
            <Fact name="Changed">
              <Time value={organization.updatedAt} />
            </Fact>
          </Facts>
        </Stack>
      </Surface>
      <TenantLinkPanel organization={organization} canVerify={isAdmin} />
      {isEditing && (
        <EditOrganizationDialog
          organization={query.data}
          knownTags={[...new Set((every.data ?? []).flatMap(({ tags }) => tags))].sort()}
          onReload={async () => (await query.refetch()).data}
          onClose={() => setEditing(false)}
          onSaved={() => {
            notifyDone("The organization was saved.");
            setEditing(false);
          }}
        />
      )}
    </Stack>
  );
}
