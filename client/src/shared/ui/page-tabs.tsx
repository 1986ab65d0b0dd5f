import { NavLink } from "react-router";

import classes from "@/shared/ui/page-tabs.module.css";
import { useOrgPath } from "@/shared/session/org-link";

interface PageTabsProps {
  label: string;
  tabs: readonly { path: string; label: string }[];
}

/** The parts of a page, each with an address of its own. */
export function PageTabs({ label, tabs }: PageTabsProps) {
  const orgPath = useOrgPath();
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <NavLink key={tab.path} to={orgPath(tab.path)} end className={classes.tab}>
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}
