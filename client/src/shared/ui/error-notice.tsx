import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { ApiError } from "@/api/api-error";
import { Countdown } from "@/shared/ui/countdown";
import { Notice } from "@/shared/ui/notice";
import { SignInAgain } from "@/shared/ui/sign-in-again";

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
  if (error.status === 409) {
    return "Change what stands against it, or look at what is there by now, then try again.";
  }
  if (error.status === 412) {
    return "Look at it as it is now, then decide again.";
  }
  if (error.status === 404) {
    return "Check the address, or go back to the list.";
  }
  return error.isPassing ? "Try again in a moment." : "If this happens again, report it with the request id.";
}

/** What happened, what was kept, what to do, and the id under which support finds it. */
export function ErrorNotice({ error, title, kept, onRetry, isRetrying = false }: ErrorNoticeProps) {
  const known = error instanceof ApiError ? error : null;
  const needsSignIn = known?.status === 401;
  const wait = needsSignIn ? null : (known?.retryAfterSeconds ?? null);
  // Before the time has come, somebody who asked too often is refused again.
  const mayRetry = !needsSignIn && (wait === null || known?.status !== 429);
  return (
    <Notice tone="failure" title={title} announce="alert">
      <Text size="sm">{known?.message ?? "Something unexpected happened in this page."}</Text>
      {kept !== undefined && <Text size="sm">{kept}</Text>}
      {wait !== null ? (
        <Countdown key={known?.requestId} seconds={wait} onEnd={onRetry} />
      ) : (
        <Text size="sm">{known ? advice(known) : "Reload the page."}</Text>
      )}
      {known?.requestId && (
        <Text size="xs" ff="monospace">
          Request id {known.requestId}
        </Text>
      )}
      <Group gap="xs">
        {needsSignIn && <SignInAgain />}
        {onRetry && mayRetry && (
          <Button size="xs" variant="default" onClick={onRetry} loading={isRetrying}>
            Try again
          </Button>
        )}
      </Group>
    </Notice>
  );
}
