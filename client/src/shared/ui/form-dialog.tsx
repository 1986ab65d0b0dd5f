import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode, SubmitEvent } from "react";
import { flushSync } from "react-dom";

import { ApiError } from "@/api/api-error";
import { ErrorNotice } from "@/shared/ui/error-notice";

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
  return (
    <Modal opened onClose={onClose} title={title} size={size} closeOnClickOutside={false}>
      <form onSubmit={submit} noValidate>
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
    </Modal>
  );
}

/** The message of a field that the API refused. */
export function fieldError(error: unknown, field: string): string | undefined {
  return error instanceof ApiError ? error.fields[field] : undefined;
}
