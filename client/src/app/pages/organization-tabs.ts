import type { Me, MyOrganization } from "@/shared/session/me";

export interface OrganizationTab {
  /** The address below the organization's; empty for the first. */
  path: string;
  label: string;
  /** Whether this person may use it; the API decides again on each request. */
  /** It says itself which right is missing, and whom to ask. */
  explainsItself?: boolean;
  isFor: (me: Me, permissions: MyOrganization["permissions"]) => boolean;
}

/** The parts of an organization's page, in order. */
export const organizationTabs: readonly OrganizationTab[] = [
  { path: "", label: "Overview", isFor: () => true },
  {
    path: "configuration",
    label: "Configuration",
    explainsItself: true,
    isFor: ({ isAdmin }, { canManageConfig }) => isAdmin || canManageConfig,
  },
  { path: "secrets", label: "Secrets", explainsItself: true, isFor: ({ isAdmin }) => isAdmin },
  {
    path: "integrations",
    label: "Integrations",
    explainsItself: true,
    isFor: ({ isAdmin }, { canManageConfig }) => isAdmin || canManageConfig,
  },
  { path: "permissions", label: "Permissions", isFor: ({ isAdmin }) => isAdmin },
  { path: "schedules", label: "Schedules", isFor: (_, { canViewHistory }) => canViewHistory },
  { path: "webhooks", label: "Webhooks", isFor: ({ isAdmin }) => isAdmin },
];

/** Those this person may use; in an inactive organization nobody works, so only the first is left. */
export function tabsFor(me: Me, organization: MyOrganization | null): OrganizationTab[] {
  return organizationTabs.filter((tab) =>
    organization === null ? tab.path === "" : tab.isFor(me, organization.permissions),
  );
}
