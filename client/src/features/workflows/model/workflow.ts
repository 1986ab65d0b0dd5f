import type {
  DataProviderMetadata,
  DiscoveryError,
  ParameterMetadata,
  WorkflowMetadata,
} from "@/api/generated/workflow-engine/types.gen";

export type { ScheduleMetadata as Schedule } from "@/api/generated/workflow-engine/types.gen";
export type Workflow = WorkflowMetadata;
export type DataProvider = DataProviderMetadata;
export type Parameter = ParameterMetadata;
export type ImportError = DiscoveryError;
