import { ApiError } from "@/api/api-error";

/** Whether a change was refused because somebody else changed the same thing since it was read. */
export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

/** What the API cannot notice: something is there by now that was to be made. */
export function madeMeanwhile(): ApiError {
  return new ApiError({
    status: 412,
    code: "PreconditionFailed",
    message: "Somebody made this meanwhile. Look at theirs, then decide.",
  });
}
