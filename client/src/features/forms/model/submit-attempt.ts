import type { ApiError } from "@/api/api-error";

/**
 * Keeps the Idempotency-Key of what a person means to run once.
 *
 * The key stays while the same input is sent again: after a double click, a lost
 * connection or a 503 the server answers with the first execution instead of making
 * a second one. Other input, a final refusal, or "run again" make a new key.
 */
export class SubmitAttempt {
  private key: string | null = null;
  private content: string | null = null;
  private isDone = false;
  private readonly newKey: () => string;

  constructor(newKey: () => string = () => crypto.randomUUID()) {
    this.newKey = newKey;
  }

  keyFor(parameters: Record<string, unknown>): string {
    const content = JSON.stringify(parameters);
    if (this.key === null || this.content !== content) {
      this.key = this.newKey();
      this.content = content;
      this.isDone = false;
    }
    return this.key;
  }

  succeeded(): void {
    this.isDone = true;
  }

  /** Whether this very input has been run. */
  hasRun(parameters: Record<string, unknown>): boolean {
    return this.isDone && this.content === JSON.stringify(parameters);
  }

  /** A refusal that sending again cannot change ends the attempt. */
  failed(error: ApiError): void {
    if (!error.isPassing && error.status !== 401) {
      this.renew();
    }
  }

  renew(): void {
    this.key = null;
    this.content = null;
    this.isDone = false;
  }
}
