import type {
  ExecutionRead,
  Field as ApiField,
  FormRead,
  MeRead,
  OrganizationRead,
} from "@/api/generated/management-api/types.gen";
import type { RuntimeConfig } from "@/shared/config/runtime-config";
import type { Me } from "@/shared/session/me";
import { engineUrl, managementUrl } from "@/testing/server";

export const contoso = "c0000000-0000-4000-8000-000000000001";
export const fabrikam = "c0000000-0000-4000-8000-000000000002";

export const testConfig: RuntimeConfig = {
  managementApi: managementUrl,
  workflowEngine: engineUrl,
  auth: { clientId: "client", authority: "https://login.localtest/organizations", scope: "scope", localIdp: null },
  longPollSeconds: 20,
};

const allPermissions = {
  canExecuteWorkflows: true,
  canManageConfig: true,
  canManageForms: true,
  canViewHistory: true,
};

export function makeMe(change: Partial<MeRead> = {}): MeRead {
  return {
    user: {
      id: "tenant.technician",
      displayName: "Service Desk Technician",
      email: "technician@msp.example",
      userType: "MSP",
      isMspAdmin: false,
      orgId: null,
      isActive: true,
      createdAt: "2026-01-01T00:00:00Z",
      lastLogin: null,
      etag: null,
    },
    isAdmin: false,
    organizations: [
      { id: contoso, name: "Contoso", isActive: true, permissions: allPermissions },
      { id: fabrikam, name: "Fabrikam", isActive: true, permissions: allPermissions },
    ],
    roles: [],
    ...change,
  };
}

/** The signed-in person, as pages see them. */
export function makePerson(change: Partial<Me> = {}): Me {
  const { user, organizations, isAdmin } = makeMe();
  return {
    id: user.id,
    name: user.displayName,
    email: user.email,
    userType: "MSP",
    isAdmin,
    organizations: organizations.map(({ id, name, permissions }) => ({ id, name, permissions })),
    ...change,
  };
}

export function makeOrganization(change: Partial<OrganizationRead> = {}): OrganizationRead {
  return {
    id: contoso,
    name: "Contoso",
    isActive: true,
    tenantId: "a0000000-0000-4000-8000-000000000001",
    tags: ["gold"],
    tenantLink: { status: "linked", verifiedAt: "2026-03-01T09:00:00Z", reason: null, roles: [], endsAt: null },
    createdAt: "2026-01-01T00:00:00Z",
    createdBy: "tenant.admin",
    updatedAt: "2026-01-01T00:00:00Z",
    etag: '"v1"',
    ...change,
  };
}

export function makeForm(fields: ApiField[], change: Partial<FormRead> = {}): FormRead {
  return {
    id: "form-1",
    name: "Onboard a user",
    description: null,
    linkedWorkflow: "onboard_user",
    formSchema: { fields },
    isGlobal: true,
    isActive: true,
    runInBackground: false,
    createdBy: "tenant.admin",
    createdAt: "2026-01-01T00:00:00Z",
    updatedAt: "2026-01-01T00:00:00Z",
    etag: '"v1"',
    ...change,
  };
}

export function makeExecution(change: Partial<ExecutionRead> = {}): ExecutionRead {
  return {
    executionId: "execution-1",
    workflowName: "onboard_user",
    organizationId: contoso,
    formId: "form-1",
    executedBy: "tenant.technician",
    executedByName: "Service Desk Technician",
    trigger: "form",
    status: "Success",
    error: null,
    durationMs: 420,
    startedAt: "2026-03-01T09:00:00Z",
    completedAt: "2026-03-01T09:00:01Z",
    contentHash: "hash",
    attempts: [],
    nextAttemptAt: null,
    inputData: {},
    result: null,
    progress: null,
    ipAddress: null,
    checkpoints: {},
    integrationCalls: [],
    variables: {},
    timeoutSeconds: 300,
    cancelRequested: false,
    ...change,
  };
}

/** A field of the API, with what a test is about. */
export function makeField(change: Partial<ApiField> & Pick<ApiField, "name">): ApiField {
  return { type: "text", label: change.name, required: false, ...change };
}
