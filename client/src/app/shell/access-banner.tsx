import { Box, List, Text } from "@mantine/core";

import { useSignInEnded } from "@/shared/auth/sign-in-state";
import { useAccessLoss } from "@/shared/session/access-loss";
import { Notice } from "@/shared/ui/notice";
import { SignInAgain } from "@/shared/ui/sign-in-again";

const mostLosses = 5;

function SignInEnded() {
  return (
    <Notice tone="warning" title="Your sign-in has ended." announce="alert">
      <Text size="sm">What you typed is kept. Sign in again in a window of its own, then go on where you were.</Text>
      <SignInAgain />
    </Notice>
  );
}

/** Tells that something was taken away while something is typed on the page, and that it is kept. */
export function AccessBanner() {
  const loss = useAccessLoss();
  const isSignInEnded = useSignInEnded();
  if (loss === null && !isSignInEnded) {
    return null;
  }
  return (
    <Box mb="md">
      {isSignInEnded && <SignInEnded />}
      {loss !== null && (
        <Notice
          tone="warning"
          title={loss.refusal === null ? "What you may do has changed." : "Your access has been taken away."}
          announce="alert"
        >
          {loss.refusal !== null && <Text size="sm">{loss.refusal}</Text>}
          {loss.losses.length > 0 && (
            <List size="sm">
              {loss.losses.slice(0, mostLosses).map((one) => (
                <List.Item key={one}>{one}</List.Item>
              ))}
              {loss.losses.length > mostLosses && <List.Item>And {loss.losses.length - mostLosses} more.</List.Item>}
            </List>
          )}
          <Text size="sm">
            What you typed is still here, so that you can copy it. What you may not do any more is refused; an
            administrator of the platform can give it back, and then it works at once.
          </Text>
        </Notice>
      )}
    </Box>
  );
}
