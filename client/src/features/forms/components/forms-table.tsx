import { Anchor, Badge, Button, Group, Menu, Table, Text } from "@mantine/core";

import type { FormRead } from "@/api/generated/management-api/types.gen";
import classes from "@/features/forms/components/forms-table.module.css";
import { FavouriteStar } from "@/features/forms/components/favourite-star";
import type { Favourites } from "@/features/forms/hooks/use-favourites";
import { OrgLink } from "@/shared/session/org-link";
import { RowMenu } from "@/shared/ui/row-menu";
import { ScrollRegion } from "@/shared/ui/scroll-region";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

interface FormsTableProps {
  forms: readonly FormRead[];
  organizationName: string;
  favourites: Favourites;
  /** Whether this person may change this form. */
  canChange: (form: FormRead) => boolean;
  onSwitch: (form: FormRead) => void;
  onDelete: (form: FormRead) => void;
}

function RowActions({ form, onSwitch, onDelete }: { form: FormRead } & Pick<FormsTableProps, "onSwitch" | "onDelete">) {
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <Button
        component={OrgLink}
        to={`/forms/${form.id}/edit`}
        variant="default"
        size="xs"
        aria-label={`Edit ${form.name}`}
      >
        Edit
      </Button>
      <RowMenu of={form.name}>
        <Menu.Item onClick={() => onSwitch(form)}>{form.isActive ? "Deactivate" : "Activate"}</Menu.Item>
        <Menu.Item onClick={() => onDelete(form)}>Delete</Menu.Item>
      </RowMenu>
    </Group>
  );
}

/** Forms for those who manage them; a name opens the form to run it. */
export function FormsTable({ forms, organizationName, favourites, canChange, onSwitch, onDelete }: FormsTableProps) {
  return (
    <Surface>
      <ScrollRegion label="Forms, table">
        <Table highlightOnHover highlightOnHoverColor="var(--app-hover)" aria-label="Forms">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">For</Table.Th>
              <Table.Th scope="col">Workflow</Table.Th>
              <Table.Th scope="col" visibleFrom="lg">
                Changed
              </Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {forms.map((form) => (
              <Table.Tr key={form.id}>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <FavouriteStar form={form} favourites={favourites} />
                    <Anchor component={OrgLink} to={`/forms/${form.id}`} inherit fw={500}>
                      {form.name}
                    </Anchor>
                    {!form.isActive && (
                      <Badge color="gray" flex="none">
                        Inactive
                      </Badge>
                    )}
                  </Group>
                  <Text size="xs" c="dimmed" lineClamp={1} pl={44} title={form.description ?? undefined}>
                    {form.description}
                  </Text>
                </Table.Td>
                <Table.Td className={classes.short}>{form.isGlobal ? "All organizations" : organizationName}</Table.Td>
                <Table.Td className={classes.workflow}>{form.linkedWorkflow}</Table.Td>
                <Table.Td visibleFrom="lg">
                  <Time value={form.updatedAt} />
                </Table.Td>
                <Table.Td>
                  {canChange(form) ? (
                    <RowActions form={form} onSwitch={onSwitch} onDelete={onDelete} />
                  ) : (
                    <Text c="dimmed" ta="right">
                      Changed by admins only
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Surface>
  );
}
