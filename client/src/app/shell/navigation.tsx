import { Stack } from "@mantine/core";
import { IconForms, IconHistory, IconHome } from "@tabler/icons-react";
import { NavLink } from "react-router";

import classes from "@/app/shell/shell.module.css";
import type { Me } from "@/shared/session/me";
import { useOrgPath } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";

interface Section {
  path: string;
  label: string;
  icon: typeof IconHome;
}

/** What this person may use; the executions page itself shows one's own where the others are not theirs to see. */
export function sectionsFor(me: Me): Section[] {
  const home = { path: "/", label: "Home", icon: IconHome };
  if (me.organizations.length === 0) {
    return [home];
  }
  return [
    home,
    { path: "/forms", label: "Forms", icon: IconForms },
    { path: "/executions", label: "Executions", icon: IconHistory },
  ];
}

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const me = useMe();
  const orgPath = useOrgPath();
  return (
    <Stack component="nav" aria-label="Main" gap={2}>
      {sectionsFor(me).map(({ path, label, icon: Icon }) => (
        <NavLink key={path} to={orgPath(path)} end={path === "/"} className={classes.link} onClick={onNavigate}>
          <Icon size={18} aria-hidden />
          {label}
        </NavLink>
      ))}
    </Stack>
  );
}
