import { createRoot } from "react-dom/client";

import { App } from "@/app/app";
import { BootError } from "@/app/pages/boot-error";
import { preloadPage } from "@/app/prefetch";
import { routes } from "@/app/router";
import { startAuth } from "@/shared/auth/msal-auth";
import { loadConfig } from "@/shared/config/runtime-config";

/** Reads the deployment's settings, starts sign-in, then renders. */
export async function boot(element: HTMLElement | null): Promise<void> {
  if (element === null) {
    throw new Error("The page has no root element.");
  }
  // Whoever is signed in, or is just coming back from it, left something there.
  if (sessionStorage.length > 0) {
    preloadPage(routes, window.location.pathname);
  }
  const root = createRoot(element);
  try {
    const config = await loadConfig();
    const started = await startAuth(config.auth);
    root.render(<App config={config} {...started} />);
  } catch (error) {
    root.render(<BootError error={error} />);
  }
}
