import { createContext, useContext } from "react";

import type { Auth } from "@/shared/auth/auth";

export const AuthContext = createContext<Auth | null>(null);

export function useAuth(): Auth {
  const auth = useContext(AuthContext);
  if (auth === null) {
    throw new Error("useAuth needs an AuthContext above it.");
  }
  return auth;
}
