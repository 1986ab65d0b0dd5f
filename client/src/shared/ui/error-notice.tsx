import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { ApiError } from "@/api/api-error";
import { OrgLink } from "@/shared/session/org-link";
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
  /** Where somebody goes on for whom this page has nothing. */
  back?: WayBack;
}

export interface WayBack {
  /** Address of the list that this belongs to. */
  to: string;
  /** As in "All forms". */
  label: string;
  /** Why it may not be there. */
  whyMissing?: string;
}

const whyMissing =
  "It may have been deleted, belong to another organization than the one chosen, or be one that you have no access to.";

function advice(error: ApiError, back: WayBack | undefined): string {
  if (error.status === 404) {
    return back?.whyMissing ?? whyMissing;
  }
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
  return error.isPassing ? "Try again in a moment." : "If this happens again, report it with the request id.";
}

/** What happened, what was kept, what to do, and the id under which support finds it. */
export function ErrorNotice({ error, title, kept, onRetry, isRetrying = false, back }: ErrorNoticeProps) {
  const known = error instanceof ApiError ? error : null;
  const needsSignIn = known?.status === 401;
  const wait = needsSignIn ? null : (known?.retryAfterSeconds ?? null);
  // Before the time has come, somebody who asked too often is refused again.
  const isTooEarly = wait !== null && known?.status === 429;
  // What does not exist is not there the next time either.
  const mayRetry = !needsSignIn && !isTooEarly && known?.status !== 404;
  return (
    <Notice tone="failure" title={title} announce="alert">
      <Text size="sm">{known?.message ?? "Something unexpected happened in this page."}</Text>
      {kept !== undefined && <Text size="sm">{kept}</Text>}
      {wait !== null ? (
        <Countdown key={known?.requestId} seconds={wait} onEnd={onRetry} />
      ) : (
        <Text size="sm">{known ? advice(known, back) : "Reload the page."}</Text>
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
        {back && (
          <Button size="xs" variant="default" component={OrgLink} to={back.to}>
            {back.label}
          </Button>
        )}
      </Group>
    </Notice>
  );
}
