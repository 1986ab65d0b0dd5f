import type { MantineColorScheme } from "@mantine/core";
import { Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconLogout, IconUserCircle } from "@tabler/icons-react";

import classes from "@/app/shell/profile-menu.module.css";
import { useAuth } from "@/shared/auth/auth-context";
import { OrgLink } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";

const schemes = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "As the system" },
] as const;

/** Who is signed in, the theme, and the way out. */
export function ProfileMenu() {
  const me = useMe();
  const { signOut } = useAuth();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={240} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.button} aria-label={`Profile of ${me.name}`}>
          <IconUserCircle size={20} aria-hidden />
          <Text span size="sm" visibleFrom="sm">
            {me.name}
          </Text>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {me.name}
          </Text>
          <Text size="xs" c="dimmed">
            {me.email}
          </Text>
        </Menu.Label>
        <Menu.Item component={OrgLink} to="/profile" leftSection={<IconUserCircle size={16} aria-hidden />}>
          My profile
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label c="dimmed">Theme</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {schemes.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
