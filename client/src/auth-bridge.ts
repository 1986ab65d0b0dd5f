import { broadcastResponseToMainFrame } from "@azure/msal-browser/redirect-bridge";

// The page that sign-in comes back to: MSAL takes the answer from here, for redirects, popups and hidden frames alike.
broadcastResponseToMainFrame().catch(() => {
  window.location.replace("/");
});
