import { Button, Group, Modal, Text } from "@mantine/core";
import { memo, useEffect } from "react";
import { useBlocker } from "react-router";

import { useHeldInput } from "@/shared/auth/unsaved-input";

interface UnsavedGuardProps {
  isActive: boolean;
  title?: string;
  /** What would be lost. */
  message?: string;
  /** Asks now, for a part of the page that is about to close. */
  isAsking?: boolean;
  onAnswer?: (leaves: boolean) => void;
}

/** Asks before input is lost by leaving the page or by choosing another organization. */
export const UnsavedGuard = memo(function UnsavedGuard({
  isActive,
  title = "Leave without running?",
  message = "What you typed in this form will be lost.",
  isAsking = false,
  onAnswer,
}: UnsavedGuardProps) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => {
    const organization = (search: string) => new URLSearchParams(search).get("org");
    return (
      isActive &&
      (currentLocation.pathname !== nextLocation.pathname ||
        organization(currentLocation.search) !== organization(nextLocation.search))
    );
  });

  useHeldInput(isActive);
  useEffect(() => {
    if (!isActive) {
      return undefined;
    }
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => {
      window.removeEventListener("beforeunload", ask);
    };
  }, [isActive]);

  const stay = () => {
    blocker.reset?.();
    onAnswer?.(false);
  };
  const leave = () => {
    blocker.proceed?.();
    onAnswer?.(true);
  };

  return (
    <Modal opened={isAsking || blocker.state === "blocked"} onClose={stay} title={title}>
      <Text>{message}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={stay} data-autofocus>
          Stay here
        </Button>
        <Button color="red.8" onClick={leave}>
          Leave and lose it
        </Button>
      </Group>
    </Modal>
  );
});
