import { Text } from "@mantine/core";
import type { ReactNode } from "react";

import { permissionNames } from "@/features/permissions/api";
import { useMe } from "@/shared/session/session-context";
import { MissingRight } from "@/shared/ui/missing-right";

interface OrganizationRightsProps {
  organizationId: string;
  children: ReactNode;
}

/** Shows what only those see who may manage an organization's configuration. */
export function NeedsManageConfig({ organizationId, children }: OrganizationRightsProps) {
  const me = useMe();
  const organization = me.organizations.find(({ id }) => id === organizationId);
  if (me.isAdmin || organization?.permissions.canManageConfig) {
    return children;
  }
  return (
    <MissingRight title={`You need the permission “${permissionNames.canManageConfig}” here.`}>
      <Text size="sm">
        {organization === undefined
          ? "You have no permissions in this organization."
          : `You have other permissions at ${organization.name}, but not this one.`}
      </Text>
    </MissingRight>
  );
}

/** Shows what only admins see. */
export function NeedsAdmin({ what, children }: { what: string; children: ReactNode }) {
  const me = useMe();
  if (me.isAdmin) {
    return children;
  }
  return (
    <MissingRight title={`${what} are for admins only.`}>
      <Text size="sm">Your account is not an admin's.</Text>
    </MissingRight>
  );
}
