import type { UseQueryResult } from "@tanstack/react-query";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEffect, useMemo, useState } from "react";

import { ApiError } from "@/api/api-error";
import { NoAccessPage } from "@/app/pages/no-access-page";
import { RoutesFallback } from "@/app/pages/routes-fallback";
import { ServiceErrorPage } from "@/app/pages/service-error-page";
import { SignInPage } from "@/app/pages/sign-in-page";
import { useAuth } from "@/shared/auth/auth-context";
import { useHasUnsavedInput } from "@/shared/auth/unsaved-input";
import { useRecovery } from "@/shared/health/use-recovery";
import { AccessLossContext, lostAccess } from "@/shared/session/access-loss";
import { meQuery } from "@/shared/session/api";
import type { Me } from "@/shared/session/me";
import { MeContext } from "@/shared/session/session-context";

/**
 * The person as the page shows them: what they lost meanwhile changes the page only once nothing typed is on it,
 * which would go with the parts they may no longer see. The services refuse at once in any case.
 */
function useShownPerson({ data: now, error, dataUpdatedAt, errorUpdatedAt, refetch }: UseQueryResult<Me>) {
  const isHeld = useHasUnsavedInput();
  const refusal = error instanceof ApiError && error.status === 403 ? error : null;
  const [shown, setShown] = useState(now);
  const losses = useMemo(() => (shown === undefined || now === undefined ? [] : lostAccess(shown, now)), [shown, now]);
  const hasLost = refusal !== null || losses.length > 0;

  // What was typed may have been saved since: then the access is back, and nothing need change.
  const known = Math.max(dataUpdatedAt, errorUpdatedAt);
  const [knownWhileHeld, setKnownWhileHeld] = useState(0);
  if (isHeld && hasLost && known !== knownWhileHeld) {
    setKnownWhileHeld(known);
  }
  const isAskedAgain = !isHeld && hasLost && known === knownWhileHeld;
  useEffect(() => {
    if (isAskedAgain) {
      void refetch();
    }
  }, [isAskedAgain, refetch]);

  const isKept = hasLost && (isHeld || isAskedAgain);
  if (now !== shown && !isKept && refusal === null) {
    setShown(now);
  }
  const loss = useMemo(() => ({ refusal: refusal?.message ?? null, losses }), [refusal, losses]);
  return { person: refusal === null || isKept ? shown : undefined, loss: isKept ? loss : null, refusal };
}

function SignedIn({ children }: { children: ReactNode }) {
  useRecovery();
  const me = useQuery(meQuery);
  const { person, loss, refusal } = useShownPerson(me);
  if (person !== undefined) {
    return (
      <AccessLossContext value={loss}>
        <MeContext value={person}>{children}</MeContext>
      </AccessLossContext>
    );
  }
  const again = { onRetry: () => void me.refetch(), isRetrying: me.isFetching };
  if (refusal !== null) {
    return <NoAccessPage error={refusal} wasKnown={me.data !== undefined} {...again} />;
  }
  return me.isError ? <ServiceErrorPage error={me.error} {...again} /> : <RoutesFallback />;
}

/** Lets in whoever is signed in and known to the platform; tells the others what to do. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { account } = useAuth();
  return account === null ? <SignInPage /> : <SignedIn>{children}</SignedIn>;
}
