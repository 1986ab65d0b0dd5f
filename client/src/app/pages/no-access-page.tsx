import { Button, Group, Text } from "@mantine/core";

import type { ApiError } from "@/api/api-error";
import { Centered } from "@/app/pages/centered";
import { useAuth } from "@/shared/auth/auth-context";

interface NoAccessPageProps {
  error: ApiError | null;
  onRetry: () => void;
  isRetrying: boolean;
}

/** Signed in, but not known here, or no longer: who to ask. */
export function NoAccessPage({ error, onRetry, isRetrying }: NoAccessPageProps) {
  const { account, signOut } = useAuth();
  return (
    <Centered title="You have no access yet">
      {error !== null && <Text>{error.message}</Text>}
      <Text>
        You are signed in as <strong>{account?.name}</strong> ({account?.email}). If this is the right account, ask your
        IT service provider to give it access; if your access worked before, ask them whether it was taken away.
      </Text>
      <Text>If it is the wrong account, sign out and choose another one.</Text>
      <Group>
        <Button onClick={() => void signOut()}>Sign out</Button>
        <Button variant="default" onClick={onRetry} loading={isRetrying}>
          Try again
        </Button>
      </Group>
      {error?.requestId && (
        <Text size="xs" ff="monospace" c="dimmed">
          Request id {error.requestId}
        </Text>
      )}
    </Centered>
  );
}
