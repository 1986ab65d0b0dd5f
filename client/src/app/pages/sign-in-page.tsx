import { Button, Text } from "@mantine/core";
import { useState } from "react";

import { Centered } from "@/app/pages/centered";
import { useAuth } from "@/shared/auth/auth-context";
import { Notice } from "@/shared/ui/notice";

/** Where everybody starts. */
export function SignInPage() {
  const auth = useAuth();
  const [state, setState] = useState<"idle" | "leaving" | "failed">("idle");
  const signIn = () => {
    setState("leaving");
    auth.signIn().catch(() => setState("failed"));
  };
  return (
    <Centered title="Sign in">
      <Text>Run your organization’s forms and see what they did. Sign in with your work account.</Text>
      {state === "failed" && (
        <Notice tone="failure" title="The sign-in page could not be opened." announce="alert">
          <Text size="sm">Check the connection, then try again.</Text>
        </Notice>
      )}
      <Button size="md" onClick={signIn} loading={state === "leaving"}>
        Sign in
      </Button>
    </Centered>
  );
}
