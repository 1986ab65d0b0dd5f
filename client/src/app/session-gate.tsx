import { useQuery } from "@tanstack/react-query";
import { Outlet } from "react-router";

import { ApiError } from "@/api/api-error";
import { NoAccessPage } from "@/app/pages/no-access-page";
import { RoutesFallback } from "@/app/pages/routes-fallback";
import { ServiceErrorPage } from "@/app/pages/service-error-page";
import { SignInPage } from "@/app/pages/sign-in-page";
import { useAuth } from "@/shared/auth/auth-context";
import { meQuery } from "@/shared/session/api";
import { MeContext } from "@/shared/session/session-context";

function SignedIn() {
  const me = useQuery(meQuery);
  const error = me.error instanceof ApiError ? me.error : null;
  if (error?.status === 403) {
    return <NoAccessPage error={error} onRetry={() => void me.refetch()} isRetrying={me.isFetching} />;
  }
  if (me.data !== undefined) {
    return (
      <MeContext value={me.data}>
        <Outlet />
      </MeContext>
    );
  }
  if (me.isError) {
    return <ServiceErrorPage error={me.error} onRetry={() => void me.refetch()} isRetrying={me.isFetching} />;
  }
  return <RoutesFallback />;
}

/** Lets in whoever is signed in and known to the platform; tells the others what to do. */
export function SessionGate() {
  const { account } = useAuth();
  return account === null ? <SignInPage /> : <SignedIn />;
}
