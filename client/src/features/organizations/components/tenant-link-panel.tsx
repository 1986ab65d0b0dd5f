import { Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Organization } from "@/features/organizations/api";
import { verifyTenantMutation } from "@/features/organizations/api";
import { TenantLinkBadge } from "@/features/organizations/components/tenant-link-badge";
import { CopyButton } from "@/shared/ui/copy-button";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Fact, Facts } from "@/shared/ui/facts";
import { Notice } from "@/shared/ui/notice";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

interface TenantLinkPanelProps {
  organization: Organization;
  canVerify: boolean;
}

function Trouble({ organization: { tenantLink } }: { organization: Organization }) {
  if (tenantLink.reason === null || (tenantLink.status !== "failing" && tenantLink.status !== "expiring")) {
    return null;
  }
  return tenantLink.status === "failing" ? (
    <Notice tone="failure" title="The tenant could not be reached.">
      <Text size="sm">{tenantLink.reason}</Text>
      <Text size="sm">Until this is mended, workflows that use Microsoft 365 fail for this organization alone.</Text>
    </Notice>
  ) : (
    <Notice tone="warning" title="The relationship with this tenant is about to end.">
      <Text size="sm">{tenantLink.reason}</Text>
    </Notice>
  );
}

/** The Microsoft 365 tenant, whether it can be reached, with which roles and until when. */
export function TenantLinkPanel({ organization, canVerify }: TenantLinkPanelProps) {
  const { id, tenantId, tenantLink, isActive } = organization;
  const verify = useMutation(verifyTenantMutation(useQueryClient(), id));
  return (
    <Surface p="md" component="section" aria-label="Microsoft 365 tenant">
      <Stack>
        <Group justify="space-between">
          <Group gap="sm">
            <Title order={2}>Microsoft 365 tenant</Title>
            <span aria-live="polite">
              <TenantLinkBadge link={tenantLink} />
            </span>
          </Group>
          {canVerify && isActive && tenantId !== null && (
            <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
              Verify the link
            </Button>
          )}
        </Group>
        {verify.isError && (
          <ErrorNotice error={verify.error} title="The link could not be verified." kept="What was known before is shown." />
        )}
        <Trouble organization={organization} />
        {tenantId === null ? (
          <Text c="dimmed">
            No tenant yet. An admin links one by its id under Edit, or makes the organization by an import from GDAP.
          </Text>
        ) : (
          <Facts>
            <Fact name="Tenant id" isWide>
              <Group gap="xs">
                <Text span ff="monospace" size="sm">
                  {tenantId}
                </Text>
                <CopyButton value={tenantId} label="Copy" />
              </Group>
            </Fact>
            <Fact name="Last verified">
              {tenantLink.verifiedAt === null ? "Never" : <Time value={tenantLink.verifiedAt} />}
            </Fact>
            <Fact name="GDAP relationship ends">
              {tenantLink.endsAt === null ? "Not known" : <Time value={tenantLink.endsAt} format="day" />}
            </Fact>
            <Fact name="GDAP roles">
              {tenantLink.roles.length === 0 ? (
                "Not known"
              ) : (
                <Group gap={6}>
                  {tenantLink.roles.map((role) => (
                    <Badge key={role} color="gray">
                      {role}
                    </Badge>
                  ))}
                </Group>
              )}
            </Fact>
          </Facts>
        )}
      </Stack>
    </Surface>
  );
}
