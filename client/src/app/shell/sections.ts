import {
  IconActivityHeartbeat,
  IconBuildings,
  IconCalendarClock,
  IconCode,
  IconForms,
  IconHistory,
  IconHome,
  IconListDetails,
  IconSettings,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";

import type { Me } from "@/shared/session/me";

export interface Section {
  path: string;
  label: string;
  icon: typeof IconHome;
  /** The key after `g` that goes there. */
  key: string;
}

export interface SectionGroup {
  /** What the group is called; the first one needs no name. */
  label: string | null;
  sections: Section[];
}

/** What the choice of an organization is called. */
export const switcherLabel = "Organization";

/** What this person may use, in groups; the API decides again on each request. */
export function sectionsFor(me: Me): SectionGroup[] {
  const isMsp = me.userType === "MSP";
  const hasWork = me.organizations.length > 0;
  const work: Section[] = [
    { path: "/", label: "Home", icon: IconHome, key: "h" },
    ...(hasWork ? [{ path: "/forms", label: "Forms", icon: IconForms, key: "f" }] : []),
    ...(hasWork ? [{ path: "/executions", label: "Executions", icon: IconHistory, key: "e" }] : []),
    ...(isMsp && hasWork ? [{ path: "/workflows", label: "Workflows", icon: IconCode, key: "w" }] : []),
  ];
  const clients: Section[] = isMsp
    ? [{ path: "/organizations", label: "Organizations", icon: IconBuildings, key: "c" }]
    : [];
  const platform: Section[] = me.isAdmin
    ? [
        { path: "/schedules", label: "Schedules", icon: IconCalendarClock, key: "t" },
        { path: "/users", label: "Users", icon: IconUsers, key: "u" },
        { path: "/roles", label: "Roles", icon: IconUsersGroup, key: "r" },
        { path: "/settings", label: "Settings", icon: IconSettings, key: "s" },
        { path: "/audit", label: "Audit log", icon: IconListDetails, key: "a" },
      ]
    : [];
  const health: Section[] = isMsp ? [{ path: "/health", label: "Health", icon: IconActivityHeartbeat, key: "m" }] : [];
  return [
    { label: null, sections: work },
    { label: "Manage", sections: [...clients, ...platform, ...health] },
  ].filter(({ sections }) => sections.length > 0);
}
