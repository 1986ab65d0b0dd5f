import { matchRoutes } from "react-router";
import type { RouteObject } from "react-router";

import { pages } from "@/app/page-modules";

type Load = () => Promise<unknown>;

const busyPause = 200;

function whenIdle(then: () => void): void {
  if (typeof window.requestIdleCallback === "function") {
    window.requestIdleCallback(then, { timeout: 5000 });
  } else {
    setTimeout(then, busyPause);
  }
}

/**
 * Fetches the other pages' code, one page after the other, while nothing else is to be done.
 *
 * Args:
 *   isBusy: Whether the page in sight still waits for answers: its own come first.
 *
 * Returns:
 *   How to stop.
 */
export function prefetchPages(isBusy: () => boolean, loads: readonly Load[] = Object.values(pages)): () => void {
  let isStopped = false;
  const left = [...loads];
  const step = () => {
    if (isStopped) {
      return;
    }
    if (isBusy()) {
      setTimeout(() => whenIdle(step), busyPause);
      return;
    }
    const load = left.shift();
    if (load !== undefined) {
      // A page that cannot be fetched now is fetched, and reported, when it is opened.
      void load().catch(() => undefined).then(() => whenIdle(step));
    }
  };
  whenIdle(step);
  return () => {
    isStopped = true;
  };
}

/** Fetches the code of the page at this address ahead of what has to happen before it can be shown. */
export function preloadPage(routes: RouteObject[], path: string): void {
  for (const { route } of matchRoutes(routes, path) ?? []) {
    if (typeof route.lazy === "function") {
      void route.lazy().catch(() => undefined);
    }
  }
}
