import { useContext, useEffect } from "react";
import type { Location } from "react-router";
import { UNSAFE_DataRouterContext as DataRouterContext, useLocation, useNavigate } from "react-router";

/**
 * Replaces the address of the page that shows, as one that names no organization; null leaves it.
 *
 * Somebody may be on their way to another page by the time that this one shows: they go on to it.
 */
export function useReplacedAddress(to: string | null): void {
  const { pathname, search, state } = useLocation() as Location<unknown>;
  const navigate = useNavigate();
  // What the router does now; its hooks tell what it did when the page was rendered.
  const router = useContext(DataRouterContext)?.router;
  useEffect(() => {
    if (to === null || router === undefined) {
      return;
    }
    const { location, navigation } = router.state;
    const isShown = location.pathname === pathname && location.search === search;
    if (navigation.state === "idle" && isShown && to !== `${pathname}${search}`) {
      void navigate(to, { replace: true, state });
    }
  }, [to, router, pathname, search, state, navigate]);
}
