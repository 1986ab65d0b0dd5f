import type { ExecutionStatus, LogLine, LogPage } from "@/features/executions/model/execution";

export interface LogState {
  lines: readonly LogLine[];
  status: ExecutionStatus | null;
  progress: LogPage["progress"] | null;
  isDone: boolean;
  /** The last request failed; the next one is on its way. */
  isInterrupted: boolean;
}

export interface LogFollowerOptions {
  fetchPage: (after: number, waitSeconds: number, signal: AbortSignal) => Promise<LogPage>;
  /** How long one request may be held; 0 asks again and again, slower when nothing comes. */
  waitSeconds: number;
  /** Resolves when the page is in sight; nobody reads the log of a hidden tab. */
  untilVisible?: () => Promise<unknown>;
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const firstPause = 1000;
const longestPause = 5000;

function sleepFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function untilTabVisible(): Promise<void> {
  if (document.visibilityState !== "hidden") {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const check = () => {
      if (document.visibilityState !== "hidden") {
        document.removeEventListener("visibilitychange", check);
        resolve();
      }
    };
    document.addEventListener("visibilitychange", check);
  });
}

/** Follows the log of one execution until it has ended. */
export class LogFollower {
  private state: LogState = { lines: [], status: null, progress: null, isDone: false, isInterrupted: false };
  private readonly listeners = new Set<() => void>();
  private readonly options: Required<LogFollowerOptions>;
  private abort: AbortController | null = null;
  private after = 0;

  constructor(options: LogFollowerOptions) {
    this.options = { untilVisible: untilTabVisible, sleep: sleepFor, ...options };
  }

  /** The first listener starts following, the last one to leave stops it; lines already read stay. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.abort === null) {
      this.abort = new AbortController();
      void this.follow(this.abort.signal);
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) {
        this.abort?.abort();
        this.abort = null;
      }
    };
  };

  readonly snapshot = (): LogState => this.state;

  private set(change: Partial<LogState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) {
      listener();
    }
  }

  private take(page: LogPage): void {
    // The same lines can come twice when a request was repeated; a sequence number is shown once.
    const last = this.state.lines.at(-1)?.sequence ?? -1;
    const fresh = page.items.filter((line) => line.sequence > last);
    this.after = Math.max(this.after, page.next);
    this.set({
      lines: fresh.length > 0 ? [...this.state.lines, ...fresh] : this.state.lines,
      status: page.status,
      progress: page.progress,
      isDone: page.done,
      isInterrupted: false,
    });
  }

  /** Asks once; tells what to do next. */
  private async step(signal: AbortSignal): Promise<"stop" | "news" | "quiet" | "failed"> {
    try {
      const page = await this.options.fetchPage(this.after, this.options.waitSeconds, signal);
      if (signal.aborted) {
        return "stop";
      }
      this.take(page);
      return page.done ? "stop" : page.items.length > 0 ? "news" : "quiet";
    } catch {
      if (signal.aborted) {
        return "stop";
      }
      this.set({ isInterrupted: true });
      return "failed";
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { waitSeconds, untilVisible, sleep } = this.options;
    let pause = firstPause;
    let next = this.state.isDone ? "stop" : "quiet";
    while (next !== "stop") {
      await untilVisible();
      next = await this.step(signal);
      pause = next === "news" ? firstPause : Math.min(longestPause, pause * 1.5);
      if (next === "failed" || (next !== "stop" && waitSeconds === 0)) {
        await sleep(pause, signal);
      }
    }
  }
}
