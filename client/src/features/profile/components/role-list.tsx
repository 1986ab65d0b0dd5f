import { List, Text } from "@mantine/core";

import type { Profile } from "@/features/profile/api";

/** The roles of a client user: what opens forms to them. */
export function RoleList({ roles }: Pick<Profile, "roles">) {
  if (roles.length === 0) {
    return <Text c="dimmed">You have no role yet. Ask your IT provider for one: a role opens forms to you.</Text>;
  }
  return (
    <List spacing="xs">
      {roles.map((role) => (
        <List.Item key={role.id}>
          <Text span fw={500}>
            {role.name}
          </Text>
          {role.description && (
            <Text size="sm" c="dimmed">
              {role.description}
            </Text>
          )}
        </List.Item>
      ))}
    </List>
  );
}
