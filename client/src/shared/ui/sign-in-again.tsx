import { Button, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError } from "@/api/api-error";
import { OtherAccount } from "@/shared/auth/auth";
import { useAuth } from "@/shared/auth/auth-context";

/** Signs in in a window of its own, so that what is on the page stays; then reads what was refused meanwhile. */
export function SignInAgain() {
  const auth = useAuth();
  const queryClient = useQueryClient();
  const [state, setState] = useState<"needed" | "failed" | "other" | "done">("needed");
  const signIn = async () => {
    try {
      await auth.signInAgain();
      setState("done");
    } catch (error) {
      setState(error instanceof OtherAccount ? "other" : "failed");
      return;
    }
    await queryClient.refetchQueries({
      predicate: ({ state: { error } }) => error instanceof ApiError && error.status === 401,
    });
  };
  if (state === "done") {
    return <Text size="sm">You are signed in again. Go on where you were.</Text>;
  }
  return (
    <Group gap="xs">
      <Button size="xs" onClick={() => void signIn()}>
        Sign in again
      </Button>
      {state === "failed" && <Text size="sm">The sign-in window was closed or blocked. Allow it, and try again.</Text>}
      {state === "other" && <Text size="sm">That was another account. Sign in as {auth.account?.name}.</Text>}
    </Group>
  );
}
