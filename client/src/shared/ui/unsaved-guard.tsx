import { Button, Group, Modal, Text } from "@mantine/core";
import { useEffect } from "react";
import { useBlocker } from "react-router";

import { holdUnsavedInput } from "@/shared/auth/unsaved-input";

interface UnsavedGuardProps {
  isActive: boolean;
  title?: string;
  /** What would be lost. */
  message?: string;
}

/** Asks before input is lost by leaving the page or by choosing another organization. */
export function UnsavedGuard({
  isActive,
  title = "Leave without running?",
  message = "What you typed in this form will be lost.",
}: UnsavedGuardProps) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => {
    const organization = (search: string) => new URLSearchParams(search).get("org");
    return (
      isActive &&
      (currentLocation.pathname !== nextLocation.pathname ||
        organization(currentLocation.search) !== organization(nextLocation.search))
    );
  });

  useEffect(() => {
    if (!isActive) {
      return undefined;
    }
    const release = holdUnsavedInput();
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => {
      release();
      window.removeEventListener("beforeunload", ask);
    };
  }, [isActive]);

  return (
    <Modal opened={blocker.state === "blocked"} onClose={() => blocker.reset?.()} title={title}>
      <Text>{message}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
          Stay here
        </Button>
        <Button color="red.8" onClick={() => blocker.proceed?.()}>
          Leave and lose it
        </Button>
      </Group>
    </Modal>
  );
}
