import type { AccountInfo, Configuration, IPublicClientApplication } from "@azure/msal-browser";
import {
  AuthError,
  BrowserAuthErrorCodes,
  ClientAuthErrorCodes,
  InteractionRequiredAuthError,
  PublicClientApplication,
} from "@azure/msal-browser";

import type { Account, Auth } from "@/shared/auth/auth";
import { OtherAccount, SignInRequired, SignInUnreachable } from "@/shared/auth/auth";
import { noteSignIn } from "@/shared/auth/sign-in-state";
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

const unreachable = [
  BrowserAuthErrorCodes.noNetworkConnectivity,
  BrowserAuthErrorCodes.postRequestFailed,
  BrowserAuthErrorCodes.getRequestFailed,
  BrowserAuthErrorCodes.timedOut,
  ClientAuthErrorCodes.networkError,
] as string[];

function isUnreachable(error: unknown): boolean {
  return error instanceof AuthError && unreachable.includes(error.errorCode);
}

/** Wraps MSAL into what the client needs of it. */
export function makeAuth(instance: IPublicClientApplication, scope: string): Auth {
  const scopes = [scope];
  const active = instance.getActiveAccount();
  let leaving: Promise<void> | null = null;
  return {
    account: active === null ? null : accountOf(active),
    signIn: () => instance.loginRedirect({ scopes, redirectStartPage: window.location.href }),
    signInAgain: async () => {
      const account = instance.getActiveAccount() ?? undefined;
      const answer = await instance.acquireTokenPopup({ scopes, account });
      if (account !== undefined && answer.account.homeAccountId !== account.homeAccountId) {
        throw new OtherAccount();
      }
      noteSignIn("valid");
    },
    signOut: () => instance.logoutRedirect({ account: instance.getActiveAccount() }),
    getToken: async ({ forceRefresh = false } = {}) => {
      const account = instance.getActiveAccount() ?? undefined;
      try {
        const { accessToken } = await instance.acquireTokenSilent({ scopes, account, forceRefresh });
        noteSignIn("valid");
        return accessToken;
      } catch (error) {
        if (isUnreachable(error)) {
          throw new SignInUnreachable();
        }
        if (!(error instanceof InteractionRequiredAuthError)) {
          throw error;
        }
        if (hasUnsavedInput()) {
          noteSignIn("ended");
          throw new SignInRequired();
        }
        // Several requests may need a token at once; the browser leaves once.
        leaving ??= instance.acquireTokenRedirect({ scopes, account, redirectStartPage: window.location.href });
        await leaving;
        // The browser is leaving; nothing that waits for a token must go on meanwhile.
        return new Promise<string>(() => undefined);
      }
    },
  };
}
