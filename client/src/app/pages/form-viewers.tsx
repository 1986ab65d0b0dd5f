import { Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Viewers } from "@/features/forms/builder/components/preview";
import { roleQuery, rolesQuery } from "@/features/roles/api";
import { useMe } from "@/shared/session/session-context";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";
import { Notice } from "@/shared/ui/notice";

const technician = "technician";
const client = "client";
const ofRole = "role:";

/** As whom the form can be looked at: technicians, client users, and for admins the people of each role. */
export function useFormViewers(formId: string | undefined): Viewers {
  const me = useMe();
  const [chosen, choose] = useState(technician);
  const roleId = chosen.startsWith(ofRole) ? chosen.slice(ofRole.length) : null;
  const roles = useInfiniteQuery({ ...rolesQuery, enabled: me.isAdmin });
  const role = useQuery({ ...roleQuery(roleId ?? ""), enabled: roleId !== null });
  const known = roles.data?.pages.flatMap((page) => page.items) ?? [];
  const isGranted = role.data?.value.forms.some((form) => form.formId === formId) ?? false;

  const choices = [
    { value: technician, label: "As a technician" },
    { value: client, label: "As a client user" },
    ...known.map(({ id, name }) => ({ value: `${ofRole}${id}`, label: `As role “${name}”` })),
  ];
  const base = { choices, chosen, choose };
  if (roleId === null) {
    const notice =
      chosen === client ? (
        <Text size="sm" c="dimmed">
          A client user sees the same form, if it is active and one of their roles has it.
        </Text>
      ) : null;
    return { ...base, notice, isShown: true };
  }
  if (role.isError) {
    return { ...base, notice: <ErrorNotice error={role.error} title="The role could not be loaded." />, isShown: false };
  }
  if (role.data === undefined) {
    return { ...base, notice: <Loading label="Loading the role" rows={2} />, isShown: false };
  }
  return isGranted
    ? { ...base, notice: null, isShown: true }
    : {
        ...base,
        isShown: false,
        notice: (
          <Notice tone="info" title={`People with the role “${role.data.value.name}” do not see this form.`}>
            <Text size="sm">Under Roles the form can be given to the role, once it is saved.</Text>
          </Notice>
        ),
      };
}
