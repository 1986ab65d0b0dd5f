import type { IPublicClientApplication } from "@azure/msal-browser";
import { InteractionRequiredAuthError } from "@azure/msal-browser";
import { afterEach, expect, it, vi } from "vitest";

import { SignInRequired } from "@/shared/auth/auth";
import { makeAuth, msalConfiguration } from "@/shared/auth/msal-auth";
import { holdUnsavedInput } from "@/shared/auth/unsaved-input";

const entra = {
  clientId: "client",
  authority: "https://login.microsoftonline.com/organizations",
  scope: "api://api/access_as_user",
  localIdp: null,
};

afterEach(() => {
  vi.unstubAllGlobals();
});

it("leaves everything but the addresses to Entra's own metadata", () => {
  const { auth, cache } = msalConfiguration(entra);
  expect(auth).toEqual({
    clientId: "client",
    authority: entra.authority,
    redirectUri: "/auth.html",
    postLogoutRedirectUri: "/",
  });
  expect(cache?.cacheLocation).toBe("sessionStorage");
});

it("gives MSAL the endpoints of a local identity provider, so that it asks no other host", () => {
  const base = "http://localhost:9100/organizations/v2.0";
  const { auth } = msalConfiguration({ ...entra, authority: "https://login.localtest/organizations", localIdp: base });
  expect(auth.knownAuthorities).toEqual(["login.localtest"]);
  const endpoints = Object.values(JSON.parse(auth.authorityMetadata ?? "{}") as Record<string, string>);
  expect(endpoints).toHaveLength(5);
  expect(endpoints.every((endpoint) => endpoint.startsWith(base))).toBe(true);
});

/** MSAL as it behaves when the session at the identity provider has ended. */
function endedSession() {
  const acquireTokenRedirect = vi.fn(() => Promise.resolve());
  const instance = {
    getActiveAccount: () => null,
    acquireTokenSilent: () => Promise.reject(new InteractionRequiredAuthError("login_required", "correlation")),
    acquireTokenRedirect,
  } as unknown as IPublicClientApplication;
  return { auth: makeAuth(instance, "scope"), acquireTokenRedirect };
}

it("leaves for the sign-in page and remembers where the person was", async () => {
  vi.stubGlobal("window", { location: { href: "http://localhost/executions?org=1" } });
  const { auth, acquireTokenRedirect } = endedSession();
  void auth.getToken();
  void auth.getToken();
  await vi.waitFor(() => expect(acquireTokenRedirect).toHaveBeenCalled());
  expect(acquireTokenRedirect).toHaveBeenCalledOnce();
  expect(acquireTokenRedirect).toHaveBeenCalledWith(
    expect.objectContaining({ redirectStartPage: "http://localhost/executions?org=1" }),
  );
});

it("stays on a page that holds unsaved input", async () => {
  const release = holdUnsavedInput();
  const { auth, acquireTokenRedirect } = endedSession();
  await expect(auth.getToken()).rejects.toBeInstanceOf(SignInRequired);
  expect(acquireTokenRedirect).not.toHaveBeenCalled();
  release();
});
