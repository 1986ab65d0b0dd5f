import { client as management } from "@/api/generated/management-api/client.gen";
import { client as engine } from "@/api/generated/workflow-engine/client.gen";
import type { HttpOptions } from "@/api/http";
import { createHttp } from "@/api/http";
import type { RuntimeConfig } from "@/shared/config/runtime-config";

/** Points both generated clients at their services; called once, before anything is asked. */
export function configureServices(
  config: Pick<RuntimeConfig, "managementApi" | "workflowEngine">,
  shared: Pick<HttpOptions, "auth" | "onError">,
): void {
  management.setConfig({ axios: createHttp({ baseURL: config.managementApi, service: "management-api", ...shared }) });
  engine.setConfig({ axios: createHttp({ baseURL: config.workflowEngine, service: "workflow-engine", ...shared }) });
}

/** Named with each call: an answer can then never belong to another organization than it was asked for. */
export function inOrganization(organizationId: string) {
  return { "X-Organization-Id": organizationId };
}

/** The engine knows what needs no organization by none being named, which its document cannot say. */
export function withoutOrganization(): ReturnType<typeof inOrganization> {
  return {} as ReturnType<typeof inOrganization>;
}
