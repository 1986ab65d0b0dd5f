import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import type { ConfigOverride } from "@/features/configuration/api";
import { ValueText } from "@/features/configuration/components/value-text";
import { withOrganization } from "@/shared/session/org-link";

const shownAtFirst = 3;

interface OverrideListProps {
  overrides: readonly ConfigOverride[];
  organizationNames: ReadonlyMap<string, string>;
}

/** By name; those without one, as of an organization that was deactivated, come last. */
function byName({ overrides, organizationNames }: OverrideListProps) {
  return overrides
    .map(({ orgId, type, value }) => ({ orgId, type, value, name: organizationNames.get(orgId) }))
    .sort((a, b) => (a.name ?? "\uffff").localeCompare(b.name ?? "\uffff"));
}

/** The organizations that have their own value, each with it and the way to where it is set. */
export function OverrideList(props: OverrideListProps) {
  const [isWhole, setWhole] = useState(false);
  const all = byName(props);
  const left = all.length - shownAtFirst;
  if (all.length === 0) {
    return (
      <Text span c="dimmed" inherit>
        Nobody
      </Text>
    );
  }
  return (
    <Stack gap={2} align="flex-start">
      {(isWhole ? all : all.slice(0, shownAtFirst)).map(({ orgId, name, type, value }) => (
        <span key={orgId}>
          {name === undefined ? (
            "No longer active"
          ) : (
            <Anchor component={Link} to={withOrganization(`/organizations/${orgId}/configuration`, orgId)} inherit>
              {name}
            </Anchor>
          )}
          : <ValueText type={type} value={value} />
        </span>
      ))}
      {!isWhole && left > 0 && (
        <Button size="compact-xs" variant="subtle" onClick={() => setWhole(true)}>
          {left} more
        </Button>
      )}
    </Stack>
  );
}
