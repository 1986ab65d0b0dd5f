import { createContext, useContext } from "react";

import type { RuntimeConfig } from "@/shared/config/runtime-config";

export const ConfigContext = createContext<RuntimeConfig | null>(null);

export function useConfig(): RuntimeConfig {
  const config = useContext(ConfigContext);
  if (config === null) {
    throw new Error("useConfig needs a ConfigContext above it.");
  }
  return config;
}
