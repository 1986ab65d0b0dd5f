import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode, SubmitEvent } from "react";
import { useState } from "react";
import { flushSync } from "react-dom";

import { ApiError } from "@/api/api-error";
import { useHeldInput } from "@/shared/auth/unsaved-input";
import { Dialog } from "@/shared/ui/dialog";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { UnsavedGuard } from "@/shared/ui/unsaved-guard";

interface FormDialogProps {
  title: string;
  children: ReactNode;
  /** The verb on the button: "Create the organization". */
  action: string;
  size?: string;
  isRunning: boolean;
  error: unknown;
  onSubmit: () => void;
  onClose: () => void;
}

/** A short form in a dialog; errors of a field belong at the field, all others stand above the buttons. */
export function FormDialog({
  title,
  children,
  action,
  size,
  isRunning,
  error,
  onSubmit,
  onClose,
}: FormDialogProps) {
  const isAtFields = error instanceof ApiError && Object.keys(error.fields).length > 0;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // A dialog lies within the page in React's tree: its submit is not one of a form around it.
    event.stopPropagation();
    if (!isRunning) {
      // What is wrong shows before the focus goes to the first of it.
      flushSync(onSubmit);
      event.currentTarget.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  };
  // A choice from a list tells no form that it was made: while the dialog is open, the page stays where it is.
  useHeldInput(true);
  const [isTyped, setTyped] = useState(false);
  const [isAsking, setAsking] = useState(false);
  // Escape is pressed for many reasons; "Cancel" means what it says.
  const leave = () => (isTyped ? setAsking(true) : onClose());
  return (
    <Dialog
      onClose={leave}
      title={title}
      size={size}
      closeOnClickOutside={false}
      closeOnEscape={!isAsking}
    >
      <form onSubmit={submit} onChange={() => setTyped(true)} noValidate>
        <Stack>
          {children}
          {error !== null && error !== undefined && !isAtFields && (
            <ErrorNotice error={error} title="This could not be saved." kept="What you typed is kept." />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isRunning}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
      <UnsavedGuard
        isActive={isTyped && !isRunning}
        title="Leave without saving?"
        message="What you typed will be lost."
        isAsking={isAsking}
        onAnswer={(leaves) => {
          setAsking(false);
          if (leaves) {
            onClose();
          }
        }}
      />
    </Dialog>
  );
}

/** The message of a field that the API refused. */
export function fieldError(error: unknown, field: string): string | undefined {
  return error instanceof ApiError ? error.fields[field] : undefined;
}
