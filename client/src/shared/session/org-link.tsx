import { forwardRef } from "react";
import type { LinkProps } from "react-router";
import { Link, useSearchParams } from "react-router";

/** Adds the organization of the current address to a path, so that a copied address names it too. */
export function withOrganization(path: string, organizationId: string | null): string {
  if (organizationId === null) {
    return path;
  }
  const [pathname = "", query = ""] = path.split("?");
  const search = new URLSearchParams(query);
  search.set("org", organizationId);
  return `${pathname}?${search.toString()}`;
}

/** How to name a page of the current organization. */
export function useOrgPath(): (path: string) => string {
  const [search] = useSearchParams();
  const organizationId = search.get("org");
  return (path) => withOrganization(path, organizationId);
}

/** A link that stays in the current organization. */
export const OrgLink = forwardRef<HTMLAnchorElement, Omit<LinkProps, "to"> & { to: string }>(function OrgLink(
  { to, ...rest },
  ref,
) {
  const orgPath = useOrgPath();
  return <Link ref={ref} to={orgPath(to)} {...rest} />;
});
