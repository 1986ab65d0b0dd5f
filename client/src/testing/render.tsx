import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { RenderResult } from "@testing-library/react";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";

import { configureServices } from "@/api/services";
import type { Auth } from "@/shared/auth/auth";
import { AuthContext } from "@/shared/auth/auth-context";
import { ConfigContext } from "@/shared/config/config-context";
import { theme } from "@/shared/theme/theme";
import { testConfig } from "@/testing/data";

export function makeAuth(change: Partial<Auth> = {}): Auth {
  return {
    account: { name: "Service Desk Technician", email: "technician@msp.example", userId: "tenant.technician" },
    signIn: () => Promise.resolve(),
    signInAgain: () => Promise.resolve(),
    signOut: () => Promise.resolve(),
    getToken: () => Promise.resolve("token"),
    ...change,
  };
}

interface RenderOptions {
  auth?: Auth;
  path?: string;
}

/** Renders within everything a page has around it. */
export function renderPage(element: ReactNode, { auth = makeAuth(), path = "/" }: RenderOptions = {}) {
  configureServices(testConfig, { auth });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createMemoryRouter([{ path: "*", element }], { initialEntries: [path] });
  const result: RenderResult = render(
    <MantineProvider theme={theme} env="test">
      <ConfigContext value={testConfig}>
        <AuthContext value={auth}>
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </AuthContext>
      </ConfigContext>
    </MantineProvider>,
  );
  return { ...result, router, queryClient };
}
