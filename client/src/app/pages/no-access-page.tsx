import { Button, Group, Text } from "@mantine/core";

import type { ApiError } from "@/api/api-error";
import { Centered } from "@/app/pages/centered";
import { useAuth } from "@/shared/auth/auth-context";

interface NoAccessPageProps {
  error: ApiError;
  /** The platform let them in before. */
  wasKnown: boolean;
  onRetry: () => void;
  isRetrying: boolean;
}

/** Signed in, but not known here, or no longer: who to ask. */
export function NoAccessPage({ error, wasKnown, onRetry, isRetrying }: NoAccessPageProps) {
  const { account, signOut } = useAuth();
  const isTakenAway = wasKnown || error.code === "AccountDisabled";
  return (
    <Centered title={isTakenAway ? "Your access has been taken away" : "You have no access yet"}>
      <Text>{error.message}</Text>
      <Text>
        You are signed in as <strong>{account?.name}</strong> ({account?.email}). If this is the right account, ask your
        IT service provider to give it {isTakenAway ? "its access back" : "access"}; it works at once, without signing
        in again.
      </Text>
      <Text>If it is the wrong account, sign out and choose another one.</Text>
      <Group>
        <Button onClick={() => void signOut()}>Sign out</Button>
        <Button variant="default" onClick={onRetry} loading={isRetrying}>
          Try again
        </Button>
      </Group>
      {error.requestId && (
        <Text size="xs" ff="monospace" c="dimmed">
          Request id {error.requestId}
        </Text>
      )}
    </Centered>
  );
}
