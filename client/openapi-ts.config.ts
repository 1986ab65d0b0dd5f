import { defineConfig } from "@hey-api/openapi-ts";

/** One client per service, from the documents that the services publish. */
const clientOf = (service: "management-api" | "workflow-engine") => ({
  input: `../docs/api/${service}.json`,
  output: { path: `src/api/generated/${service}`, entryFile: false },
  plugins: [
    { name: "@hey-api/client-axios" as const, throwOnError: true },
    "@hey-api/typescript" as const,
    "@hey-api/sdk" as const,
  ],
});

export default defineConfig([clientOf("management-api"), clientOf("workflow-engine")]);
