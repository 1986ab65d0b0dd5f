/** Who is signed in, as far as the browser knows; the API decides what they may do. */
export interface Account {
  name: string;
  email: string;
  /** `{tid}.{oid}`, the platform's id of a person. */
  userId: string;
}

/** The part of sign-in that the rest of the client depends on; MSAL stands behind it. */
export interface Auth {
  account: Account | null;
  /** Leaves for the sign-in page and comes back to where the person was. */
  signIn: () => Promise<void>;
  /**
   * Signs in anew in a popup, so that the page and what was typed on it stay.
   *
   * @throws OtherAccount when somebody else signed in there.
   */
  signInAgain: () => Promise<void>;
  signOut: () => Promise<void>;
  /**
   * @throws SignInRequired when only the person can get a new one.
   * @throws SignInUnreachable when the sign-in service does not answer.
   */
  getToken: (options?: { forceRefresh?: boolean }) => Promise<string>;
}

/** The sign-in has ended; raised instead of a redirect while a page holds unsaved input. */
export class SignInRequired extends Error {
  constructor() {
    super("Your sign-in has ended.");
    this.name = "SignInRequired";
  }
}

/** The sign-in is to be renewed, and whoever renews it cannot be asked. */
export class SignInUnreachable extends Error {
  constructor() {
    super("Your sign-in could not be renewed: the sign-in service cannot be reached.");
    this.name = "SignInUnreachable";
  }
}

/** Somebody else signed in where a sign-in was to be renewed. */
export class OtherAccount extends Error {
  constructor() {
    super("Another account was signed in.");
    this.name = "OtherAccount";
  }
}
