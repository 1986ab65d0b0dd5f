import { pages } from "@/app/page-modules";

/** Fetches the other pages' code while the browser has nothing else to do. */
export function prefetchPages(): void {
  const prefetch = () => {
    for (const load of Object.values(pages)) {
      // A page that cannot be fetched now is fetched, and reported, when it is opened.
      load().catch(() => undefined);
    }
  };
  if (typeof window.requestIdleCallback === "function") {
    window.requestIdleCallback(prefetch, { timeout: 5000 });
  } else {
    setTimeout(prefetch, 2000);
  }
}
