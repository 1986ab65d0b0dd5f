import type { AxiosInstance } from "axios";
import axios from "axios";

import { ApiError, toApiError } from "@/api/api-error";
import type { Auth } from "@/shared/auth/auth";

export type ServiceName = "management-api" | "workflow-engine";

export interface HttpOptions {
  baseURL: string;
  service: ServiceName;
  auth: Auth;
  /** Told of every failed request: a banner shows outages, a 403 means permissions may have changed. */
  onError?: (error: ApiError, service: ServiceName) => void;
}

type ParameterValue = string | number | boolean | Date | null | undefined;

/** `a=1&a=2`, the only way both services read lists. */
export function serializeParams(params: Record<string, ParameterValue | readonly ParameterValue[]>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const item of Array.isArray(value) ? (value as readonly ParameterValue[]) : [value as ParameterValue]) {
      if (item !== undefined && item !== null) {
        search.append(name, item instanceof Date ? item.toISOString() : String(item));
      }
    }
  }
  return search.toString();
}

declare module "axios" {
  interface InternalAxiosRequestConfig {
    /** Set once a request went out again with a fresh token. */
    hasFreshToken?: boolean;
  }
}

const publicPaths = ["/api/health"];

/** An axios instance that signs requests, renews a refused token once, and fails only with ApiError. */
export function createHttp({ baseURL, service, auth, onError }: HttpOptions): AxiosInstance {
  const http = axios.create({ baseURL, timeout: 120_000, paramsSerializer: { serialize: serializeParams } });

  http.interceptors.request.use(async (config) => {
    if (!publicPaths.some((path) => config.url?.endsWith(path))) {
      config.headers.set("Authorization", `Bearer ${await auth.getToken({ forceRefresh: config.hasFreshToken })}`);
    }
    return config;
  });

  http.interceptors.response.use(undefined, async (error: unknown) => {
    if (axios.isAxiosError(error) && error.response?.status === 401 && error.config && !error.config.hasFreshToken) {
      error.config.hasFreshToken = true;
      return http.request(error.config);
    }
    const normalised = toApiError(error);
    if (normalised instanceof ApiError) {
      onError?.(normalised, service);
    }
    throw normalised;
  });
  return http;
}
