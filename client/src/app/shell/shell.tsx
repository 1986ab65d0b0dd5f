import { AppShell, Box, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBolt } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef } from "react";
import { Link, Outlet, ScrollRestoration, useLocation } from "react-router";

import { prefetchPages } from "@/app/prefetch";
import { AccessBanner } from "@/app/shell/access-banner";
import { Navigation } from "@/app/shell/navigation";
import { OutageBanner } from "@/app/shell/outage-banner";
import classes from "@/app/shell/shell.module.css";
import { Shortcuts } from "@/app/shell/shortcuts";
import { useOrgPath } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";

// Lists and menus that open later: the page is there before them.
const OrganizationSwitcher = lazy(async () => ({
  default: (await import("@/app/shell/organization-switcher")).OrganizationSwitcher,
}));
const ProfileMenu = lazy(async () => ({ default: (await import("@/app/shell/profile-menu")).ProfileMenu }));
const NotificationArea = lazy(async () => ({
  default: (await import("@/shared/ui/notification-area")).NotificationArea,
}));

/** What is around every page: header, navigation, messages about outages. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const me = useMe();
  const orgPath = useOrgPath();
  const hasSwitcher = me.userType === "MSP" && me.organizations.length > 0;

  const { pathname } = useLocation();
  const shownPath = useRef(pathname);

  const queryClient = useQueryClient();
  useEffect(() => prefetchPages(() => queryClient.isFetching() > 0), [queryClient]);

  // A new page is read from its start, by those who listen as by those who look.
  useEffect(() => {
    if (shownPath.current !== pathname) {
      shownPath.current = pathname;
      document.getElementById("main")?.focus({ preventScroll: true });
    }
  }, [pathname]);

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: { base: 184, lg: 208 }, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "md", lg: "lg" }}
      classNames={{ header: classes.header, navbar: classes.navbar }}
    >
      <a href="#main" className={classes.skip}>
        Skip to the page’s content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="md" wrap="nowrap" flex={1} miw={0}>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Link to={orgPath("/")} className={classes.brand} aria-label="Automation">
              <span className={classes.mark} aria-hidden>
                <IconBolt size={16} />
              </span>
              <Text span size="md" fw={650} visibleFrom="xs">
                Automation
              </Text>
            </Link>
            {hasSwitcher ? (
              <Suspense fallback={<Box flex={1} maw={260} h={36} className={classes.placeholder} />}>
                <OrganizationSwitcher />
              </Suspense>
            ) : (
              <Text c="dimmed" truncate>
                {me.organizations[0]?.name}
              </Text>
            )}
          </Group>
          <Suspense>
            <ProfileMenu />
          </Suspense>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <Navigation onNavigate={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <OutageBanner />
        <AccessBanner />
        <Outlet />
      </AppShell.Main>
      <Shortcuts />
      <Suspense>
        <NotificationArea />
      </Suspense>
      <ScrollRestoration />
    </AppShell>
  );
}
