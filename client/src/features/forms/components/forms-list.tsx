import { Badge, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";

import { FavouriteStar } from "@/features/forms/components/favourite-star";
import classes from "@/features/forms/components/forms-list.module.css";
import type { Favourites } from "@/features/forms/hooks/use-favourites";
import type { FormDefinition } from "@/features/forms/model/fields";
import { OrgLink } from "@/shared/session/org-link";
import { Surface } from "@/shared/ui/surface";

interface FormsListProps {
  forms: readonly FormDefinition[];
  label: string;
  /** Those of this person; without, there are no stars. */
  favourites?: Favourites;
}

/** Forms to choose from; each line opens its form. */
export function FormsList({ forms, label, favourites }: FormsListProps) {
  return (
    <Surface>
      <Stack component="ul" gap={0} className={classes.list} aria-label={label}>
        {forms.map((form) => (
          <li key={form.id} className={classes.item}>
            {favourites && <FavouriteStar form={form} favourites={favourites} />}
            <UnstyledButton component={OrgLink} to={`/forms/${form.id}`} className={classes.link}>
              <Stack gap={2} className={classes.text}>
                <Group gap="xs">
                  <Text span size="sm" fw={600}>
                    {form.name}
                  </Text>
                  {!form.isActive && <Badge color="gray">Inactive</Badge>}
                </Group>
                {form.description && (
                  <Text span size="sm" c="dimmed" lineClamp={2}>
                    {form.description}
                  </Text>
                )}
              </Stack>
              <IconChevronRight size={18} aria-hidden />
            </UnstyledButton>
          </li>
        ))}
      </Stack>
    </Surface>
  );
}
