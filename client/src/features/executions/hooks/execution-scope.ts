import { createContext, useContext } from "react";

export interface ExecutionScope {
  organizationId: string;
  executionId: string;
}

/** Which execution the values below belong to: their files and cut parts are loaded from there. */
export const ExecutionScopeContext = createContext<ExecutionScope | null>(null);

export function useExecutionScope(): ExecutionScope | null {
  return useContext(ExecutionScopeContext);
}
