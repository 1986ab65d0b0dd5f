import type { UseMutationOptions } from "@tanstack/react-query";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { ApiError } from "@/api/api-error";
import type { Submission } from "@/features/forms/api";
import { submitFormMutation } from "@/features/forms/api";
import { SubmitAttempt } from "@/features/forms/model/submit-attempt";

export interface FormRun {
  /** Sends the input once, however often it is called with the same. */
  submit: (parameters: Record<string, unknown>, inBackground?: boolean) => Promise<string>;
  isPending: boolean;
  error: ApiError | null;
  /** This very input has been run; it takes other input or `again` to run once more. */
  hasRun: boolean;
  /** Tells what the input is now; other input than what was run may be run. */
  changed: (parameters: Record<string, unknown>) => void;
  /** Running the same input once more is meant. */
  again: () => void;
}

/** Sends input: at most one execution for what a person means to run once. */
export function useRunOnce<T extends { executionId: string }>(
  sending: UseMutationOptions<T, Error, Submission>,
  onStarted: (executionId: string) => void,
): FormRun {
  const [attempt] = useState(() => new SubmitAttempt());
  const [hasRun, setHasRun] = useState(false);
  const inFlight = useRef<Promise<string> | null>(null);
  const mutation = useMutation(sending);

  const send = async (parameters: Record<string, unknown>, inBackground: boolean): Promise<string> => {
    try {
      const { executionId } = await mutation.mutateAsync({
        parameters,
        idempotencyKey: attempt.keyFor(parameters),
        inBackground,
      });
      attempt.succeeded();
      setHasRun(true);
      onStarted(executionId);
      return executionId;
    } catch (error) {
      if (error instanceof ApiError) {
        attempt.failed(error);
      }
      throw error;
    } finally {
      inFlight.current = null;
    }
  };

  return {
    submit: (parameters, inBackground = false) => (inFlight.current ??= send(parameters, inBackground)),
    isPending: mutation.isPending,
    error: mutation.error instanceof ApiError ? mutation.error : null,
    hasRun,
    changed: (parameters) => {
      setHasRun(attempt.hasRun(parameters));
    },
    again: () => {
      attempt.renew();
      setHasRun(false);
    },
  };
}

/** Runs a saved form. */
export function useFormRun(organizationId: string, formId: string, onStarted: (executionId: string) => void): FormRun {
  return useRunOnce(submitFormMutation(useQueryClient(), organizationId, formId), onStarted);
}
