import type { IPublicClientApplication } from "@azure/msal-browser";
import { MsalProvider } from "@azure/msal-react";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { RouterProvider } from "react-router";

import { configureServices } from "@/api/services";
import { createQueryClient } from "@/app/query-client";
import { createRouter } from "@/app/router";
import type { Auth } from "@/shared/auth/auth";
import { AuthContext } from "@/shared/auth/auth-context";
import { ConfigContext } from "@/shared/config/config-context";
import type { RuntimeConfig } from "@/shared/config/runtime-config";
import { noteTrouble } from "@/shared/health/api";
import { meQuery } from "@/shared/session/api";
import { cssVariablesResolver, theme } from "@/shared/theme/theme";

const colorSchemeManager = localStorageColorSchemeManager();

interface AppProps {
  config: RuntimeConfig;
  instance: IPublicClientApplication;
  auth: Auth;
}

/** Wires services, caches and routes together, once. */
function start(config: RuntimeConfig, auth: Auth) {
  const queryClient = createQueryClient();
  configureServices(config, {
    auth,
    onError: (error, service) => {
      if (error.isOutage) {
        noteTrouble(queryClient, service, error);
      }
      // What this person may do may have changed. Not while that is being asked: it can be refused itself.
      if (error.status === 403 && queryClient.isFetching({ queryKey: meQuery.queryKey }) === 0) {
        void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
      }
    },
  });
  if (auth.account !== null) {
    // Asked now: the gate that needs the answer renders only when the first page's code is here.
    queryClient.query(meQuery).catch(() => undefined);
  }
  return { queryClient, router: createRouter() };
}

/** Everything around the pages. */
export function App({ config, instance, auth }: AppProps) {
  const [{ queryClient, router }] = useState(() => start(config, auth));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <MsalProvider instance={instance}>
        <ConfigContext value={config}>
          <AuthContext value={auth}>
            <QueryClientProvider client={queryClient}>
              <RouterProvider router={router} />
            </QueryClientProvider>
          </AuthContext>
        </ConfigContext>
      </MsalProvider>
    </MantineProvider>
  );
}
