/** The pages, each in a file of its own that loads when the page is first opened. */
export const pages = {
  home: async () => ({ Component: (await import("@/app/pages/home-page")).HomePage }),
  forms: async () => ({ Component: (await import("@/app/pages/forms-page")).FormsPage }),
  runForm: async () => ({ Component: (await import("@/app/pages/run-form-page")).RunFormPage }),
  formBuilder: async () => ({ Component: (await import("@/app/pages/form-builder-page")).FormBuilderPage }),
  executions: async () => ({ Component: (await import("@/app/pages/executions-page")).ExecutionsPage }),
  execution: async () => ({ Component: (await import("@/app/pages/execution-page")).ExecutionPage }),
  organizations: async () => ({ Component: (await import("@/app/pages/organizations-page")).OrganizationsPage }),
  organizationImport: async () => ({
    Component: (await import("@/app/pages/organization-import-page")).OrganizationImportPage,
  }),
  organization: async () => ({ Component: (await import("@/app/pages/organization-page")).OrganizationPage }),
  organizationOverview: async () => ({
    Component: (await import("@/app/pages/organization-overview")).OrganizationOverview,
  }),
  organizationPermissions: async () => ({
    Component: (await import("@/app/pages/organization-permissions")).OrganizationPermissions,
  }),
  organizationSchedules: async () => ({
    Component: (await import("@/app/pages/organization-schedules")).OrganizationSchedules,
  }),
  organizationWebhooks: async () => ({
    Component: (await import("@/app/pages/organization-webhooks")).OrganizationWebhooks,
  }),
  workflows: async () => ({ Component: (await import("@/app/pages/workflows-page")).WorkflowsPage }),
  workflow: async () => ({ Component: (await import("@/app/pages/workflow-page")).WorkflowPage }),
  runWorkflow: async () => ({ Component: (await import("@/app/pages/run-workflow-page")).RunWorkflowPage }),
  health: async () => ({ Component: (await import("@/app/pages/health-page")).HealthPage }),
  profile: async () => ({ Component: (await import("@/app/pages/profile-page")).ProfilePage }),
  schedules: async () => ({ Component: (await import("@/app/pages/schedules-page")).SchedulesPage }),
  users: async () => ({ Component: (await import("@/app/pages/users-page")).UsersPage }),
  user: async () => ({ Component: (await import("@/app/pages/user-page")).UserPage }),
  roles: async () => ({ Component: (await import("@/app/pages/roles-page")).RolesPage }),
  role: async () => ({ Component: (await import("@/app/pages/role-page")).RolePage }),
  audit: async () => ({ Component: (await import("@/app/pages/audit-page")).AuditPage }),
  settings: async () => ({ Component: (await import("@/app/pages/settings-page")).SettingsPage }),
  organizationConfiguration: async () => ({
    Component: (await import("@/app/pages/organization-configuration")).OrganizationConfiguration,
  }),
  organizationSecrets: async () => ({
    Component: (await import("@/app/pages/organization-secrets")).OrganizationSecrets,
  }),
  organizationIntegrations: async () => ({
    Component: (await import("@/app/pages/organization-integrations")).OrganizationIntegrations,
  }),
  notFound: async () => ({ Component: (await import("@/app/pages/not-found-page")).NotFoundPage }),
};
