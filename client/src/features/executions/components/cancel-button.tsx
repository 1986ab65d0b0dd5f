import { Button, Text } from "@mantine/core";
import { IconPlayerStop } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { cancelExecutionMutation } from "@/features/executions/api";
import type { Execution, ExecutionStatus } from "@/features/executions/model/execution";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { notifyDone } from "@/shared/ui/notify";
import { workflowTitle } from "@/shared/ui/workflow-title";

interface CancelButtonProps {
  execution: Execution;
  organizationId: string;
  /** What it is doing now, as far as the log says. */
  status: ExecutionStatus;
}

/** Cancels an execution that has not ended, and says first what that means. */
export function CancelButton({ execution, organizationId, status }: CancelButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const queryClient = useQueryClient();
  const cancel = useMutation(cancelExecutionMutation(queryClient, organizationId, execution.executionId));
  const isStopping = execution.cancelRequested || cancel.isSuccess;
  const close = () => {
    setAsking(false);
    cancel.reset();
  };
  const confirm = () => {
    cancel.mutate(undefined, {
      onSuccess: ({ status: now }) => {
        setAsking(false);
        notifyDone(now === "Cancelled" ? "It was cancelled before it started." : "It was told to stop.");
      },
    });
  };
  return (
    <>
      <Button
        variant="default"
        disabled={isStopping}
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {isStopping ? "Cancelling…" : "Cancel"}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`Cancel “${workflowTitle(execution.workflowName)}”?`}
          action="Cancel the execution"
          cancelLabel="Let it go on"
          isRunning={cancel.isPending}
          error={cancel.error}
          kept="It may have ended meanwhile; close this to see."
          onConfirm={confirm}
          onClose={close}
        >
          <Text>
            {status === "Pending"
              ? "It has not started yet, and will not. Nothing of it is done."
              : "What it has done already stays done: it stops at its next step and does not undo anything. Its log shows how far it came."}
          </Text>
        </ConfirmDialog>
      )}
    </>
  );
}
