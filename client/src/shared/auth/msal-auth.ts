import type { AccountInfo, Configuration, IPublicClientApplication } from "@azure/msal-browser";
import { InteractionRequiredAuthError, PublicClientApplication } from "@azure/msal-browser";

import type { Account, Auth } from "@/shared/auth/auth";
import { SignInRequired } from "@/shared/auth/auth";
import { hasUnsavedInput } from "@/shared/auth/unsaved-input";
import type { RuntimeConfig } from "@/shared/config/runtime-config";

/** MSAL's settings. A local identity provider differs in where its endpoints are, and in nothing else. */
export function msalConfiguration(auth: RuntimeConfig["auth"]): Configuration {
  const configuration: Configuration = {
    auth: {
      clientId: auth.clientId,
      authority: auth.authority,
      redirectUri: "/auth.html",
      postLogoutRedirectUri: "/",
    },
    cache: { cacheLocation: "sessionStorage" },
  };
  if (auth.localIdp !== null) {
    const base = auth.localIdp;
    // MSAL accepts only an https authority; with its metadata given here that address is never contacted.
    configuration.auth.knownAuthorities = [new URL(auth.authority).host];
    configuration.auth.authorityMetadata = JSON.stringify({
      issuer: base,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      end_session_endpoint: `${base}/logout`,
      jwks_uri: `${base}/keys`,
    });
  }
  return configuration;
}

function accountOf(info: AccountInfo): Account {
  return {
    name: info.name ?? info.username,
    email: info.username,
    userId: `${info.tenantId}.${info.localAccountId}`,
  };
}

/** Coming back from signing out, the address carries MSAL's state, which nobody needs to see. */
function dropSignOutState(): void {
  if (new URLSearchParams(window.location.search).has("state")) {
    window.history.replaceState(null, "", window.location.pathname);
  }
}

export interface StartedAuth {
  instance: IPublicClientApplication;
  auth: Auth;
}

/** Starts MSAL and takes the answer of a sign-in that is just coming back. */
export async function startAuth(settings: RuntimeConfig["auth"]): Promise<StartedAuth> {
  const instance = new PublicClientApplication(msalConfiguration(settings));
  await instance.initialize();
  const answer = await instance.handleRedirectPromise();
  dropSignOutState();
  instance.setActiveAccount(answer?.account ?? instance.getActiveAccount() ?? instance.getAllAccounts()[0] ?? null);
  return { instance, auth: makeAuth(instance, settings.scope) };
}

/** Wraps MSAL into what the client needs of it. */
export function makeAuth(instance: IPublicClientApplication, scope: string): Auth {
  const scopes = [scope];
  const active = instance.getActiveAccount();
  return {
    account: active === null ? null : accountOf(active),
    signIn: () => instance.loginRedirect({ scopes, redirectStartPage: window.location.href }),
    signInAgain: async () => {
      const account = instance.getActiveAccount() ?? undefined;
      await instance.acquireTokenPopup({ scopes, account });
    },
    signOut: () => instance.logoutRedirect({ account: instance.getActiveAccount() }),
    getToken: async ({ forceRefresh = false } = {}) => {
      const account = instance.getActiveAccount() ?? undefined;
      try {
        return (await instance.acquireTokenSilent({ scopes, account, forceRefresh })).accessToken;
      } catch (error) {
        if (!(error instanceof InteractionRequiredAuthError)) {
          throw error;
        }
        if (hasUnsavedInput()) {
          throw new SignInRequired();
        }
        await instance.acquireTokenRedirect({ scopes, account, redirectStartPage: window.location.href });
        // The browser is leaving; nothing that waits for a token must go on meanwhile.
        return new Promise<string>(() => undefined);
      }
    },
  };
}
