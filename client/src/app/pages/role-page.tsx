import { Button, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { RoleForms } from "@/app/pages/role-forms";
import { RolePeople } from "@/app/pages/role-people";
import { roles } from "@/app/pages/ways-back";
import { deleteRoleMutation, roleQuery } from "@/features/roles/api";
import { EditRoleDialog } from "@/features/roles/components/edit-role-dialog";
import { useOrgPath } from "@/shared/session/org-link";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { countOf } from "@/shared/ui/count-of";
import { notifyDone } from "@/shared/ui/notify";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";

/** One role: its people and the forms they may run. */
export function RolePage() {
  const { roleId = "" } = useParams();
  const queryClient = useQueryClient();
  const query = useQuery(roleQuery(roleId));
  const remove = useMutation(deleteRoleMutation(queryClient));
  const [dialog, setDialog] = useState<"edit" | "delete" | null>(null);
  const navigate = useNavigate();
  const orgPath = useOrgPath();
  const role = query.data?.value;
  const etag = query.data?.etag ?? null;
  const close = () => {
    remove.reset();
    setDialog(null);
  };

  return (
    <Page
      title={role?.name ?? "Role"}
      description={role?.description ?? undefined}
      actions={
        role && (
          <Group>
            <Button variant="default" onClick={() => setDialog("edit")}>
              Edit
            </Button>
            <Button variant="default" onClick={() => setDialog("delete")}>
              Delete
            </Button>
          </Group>
        )
      }
    >
      <QueryView query={query} what="the role" back={roles}>
        {({ value }) => (
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
            <Stack component="section" gap="xs" aria-label="People">
              <Title order={2}>People</Title>
              <RolePeople role={value} />
            </Stack>
            <Stack component="section" gap="xs" aria-label="Forms">
              <Title order={2}>Forms</Title>
              <RoleForms role={value} />
            </Stack>
          </SimpleGrid>
        )}
      </QueryView>
      {query.data && dialog === "edit" && (
        <EditRoleDialog
          role={query.data}
          onReload={async () => (await query.refetch()).data}
          onClose={close}
          onSaved={() => {
            notifyDone("The role was saved.");
            close();
          }}
        />
      )}
      {role && dialog === "delete" && (
        <ConfirmDialog
          title={`Delete ${role.name}?`}
          action="Delete the role"
          isRunning={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() =>
            remove.mutate(
              { roleId, etag },
              {
                onSuccess: () => {
                  notifyDone(`${role.name} was deleted.`);
                  void navigate(orgPath("/roles"));
                },
              },
            )
          }
        >
          <Text>
            {countOf(role.users.length, "person loses", "people lose")} what this role gives them, on{" "}
            {countOf(role.forms.length, "form")}. The people and the forms themselves stay.
          </Text>
        </ConfirmDialog>
      )}
    </Page>
  );
}
