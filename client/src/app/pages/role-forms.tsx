import { Select, Text } from "@mantine/core";
import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

import type { RoleWithMembers } from "@/features/roles/api";
import { grantableFormsQuery, setRoleFormMutation } from "@/features/roles/api";
import { MemberList } from "@/features/roles/components/member-list";
import { chooseOrganization } from "@/shared/session/current-organization";
import { useMe } from "@/shared/session/session-context";

/** The forms that the role lets its people run. */
export function RoleForms({ role }: { role: RoleWithMembers }) {
  const me = useMe();
  const { organizations } = me;
  const [search] = useSearchParams();
  const choice = chooseOrganization(me, search.get("org"));
  const [organizationId, setOrganizationId] = useState(
    choice.kind === "chosen" ? choice.organization.id : (organizations[0]?.id ?? null),
  );
  const set = useMutation(setRoleFormMutation(useQueryClient(), role.id));
  const choices = useQuery({ ...grantableFormsQuery(organizationId ?? ""), enabled: organizationId !== null });
  // Each form that is granted lies in an organization, or is shown by all of them.
  const homes = [...new Set(role.forms.map(({ orgId }) => (orgId === "GLOBAL" ? organizations[0]?.id : orgId)))];
  const known = useQueries({
    queries: homes.filter((id) => id !== undefined).map((id) => grantableFormsQuery(id)),
    combine: (results) => results.flatMap((result) => result.data ?? []),
  });
  const granted = new Set(role.forms.map(({ formId }) => formId));
  const organizationName = (id: string) =>
    id === "GLOBAL" ? "all organizations" : (organizations.find((one) => one.id === id)?.name ?? "no longer active");

  if (organizationId === null) {
    return <Text c="dimmed">Create an organization first.</Text>;
  }
  return (
    <>
      <Select
        label="Forms of"
        w={320}
        searchable
        allowDeselect={false}
        data={organizations.map(({ id, name }) => ({ value: id, label: name }))}
        value={organizationId}
        onChange={(value) => setOrganizationId(value)}
      />
      <MemberList
        key={organizationId}
        label="Forms of this role"
        noun="form"
        empty="This role lets nobody run a form yet."
        members={role.forms.map(({ formId, orgId, addedAt }) => ({
          id: formId,
          name: known.find(({ id }) => id === formId)?.name ?? formId,
          note: organizationName(orgId),
          addedAt,
        }))}
        choices={(choices.data ?? [])
          .filter(({ id }) => !granted.has(id))
          .map(({ id, name, isGlobal }) => ({ value: id, label: isGlobal ? `${name} (all organizations)` : name }))}
        isSaving={set.isPending}
        error={set.error ?? choices.error}
        onAdd={(formId) => set.mutate({ formId, isGranted: true })}
        onRemove={(formId) => set.mutate({ formId, isGranted: false })}
      />
    </>
  );
}
