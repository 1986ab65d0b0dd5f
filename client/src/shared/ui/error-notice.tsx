import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";

import { ApiError } from "@/api/api-error";
import { useAuth } from "@/shared/auth/auth-context";
import { Countdown } from "@/shared/ui/countdown";
import { Notice } from "@/shared/ui/notice";

interface ErrorNoticeProps {
  error: unknown;
  /** What could not be done, as a sentence: "The forms could not be loaded." */
  title: string;
  /** What is still there in spite of the error. */
  kept?: ReactNode;
  onRetry?: () => void;
  isRetrying?: boolean;
}

function advice(error: ApiError): string {
  if (error.code === "SignInRequired" || error.status === 401) {
    return "Sign in again to go on.";
  }
  if (error.status === 403) {
    return "Your permissions may have changed. Ask an administrator of the platform, or choose another organization.";
  }
  if (error.status === 404) {
    return "Check the address, or go back to the list.";
  }
  return error.isPassing ? "Try again in a moment." : "If this happens again, report it with the request id.";
}

/** Signs in in a window of its own, so that what is on the page stays. */
function SignInAgain({ onDone }: { onDone?: () => void }) {
  const auth = useAuth();
  const [state, setState] = useState<"needed" | "failed" | "done">("needed");
  const signIn = () => {
    auth.signInAgain().then(
      () => {
        setState("done");
        onDone?.();
      },
      () => setState("failed"),
    );
  };
  if (state === "done") {
    return <Text size="sm">You are signed in again. Go on where you were.</Text>;
  }
  return (
    <Group gap="xs">
      <Button size="xs" onClick={signIn}>
        Sign in again
      </Button>
      {state === "failed" && <Text size="sm">The sign-in window was closed or blocked. Allow it, and try again.</Text>}
    </Group>
  );
}

/** What happened, what was kept, what to do, and the id under which support finds it. */
export function ErrorNotice({ error, title, kept, onRetry, isRetrying = false }: ErrorNoticeProps) {
  const known = error instanceof ApiError ? error : null;
  const needsSignIn = known?.status === 401;
  return (
    <Notice tone="failure" title={title} announce="alert">
      <Text size="sm">{known?.message ?? "Something unexpected happened in this page."}</Text>
      {kept !== undefined && <Text size="sm">{kept}</Text>}
      {typeof known?.retryAfterSeconds === "number" && known.status !== 401 ? (
        <Countdown key={known.requestId} seconds={known.retryAfterSeconds} />
      ) : (
        <Text size="sm">{known ? advice(known) : "Reload the page."}</Text>
      )}
      {known?.requestId && (
        <Text size="xs" ff="monospace">
          Request id {known.requestId}
        </Text>
      )}
      <Group gap="xs">
        {needsSignIn && <SignInAgain onDone={onRetry} />}
        {onRetry && !needsSignIn && (
          <Button size="xs" variant="default" onClick={onRetry} loading={isRetrying}>
            Try again
          </Button>
        )}
      </Group>
    </Notice>
  );
}
