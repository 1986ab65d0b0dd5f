/** Tells that something was done, in a corner and to screen readers; loads what it needs when first used. */
export function notifyDone(message: string): void {
  void import("@/shared/ui/notifications").then(({ show }) => {
    show(message);
  });
}
