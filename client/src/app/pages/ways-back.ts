import type { WayBack } from "@/shared/ui/error-notice";

// To the list, from a page about one that is not there.
export const forms: WayBack = { to: "/forms", label: "All forms" };

export const executions: WayBack = {
  to: "/executions",
  label: "All executions",
  whyMissing:
    "It may have been deleted after its time, belong to another organization than the one chosen, or be one that you " +
    "have no access to.",
};

export const workflows: WayBack = {
  to: "/workflows",
  label: "All workflows",
  whyMissing: "It may have been renamed or removed, or its file cannot be imported.",
};

export const organizations: WayBack = {
  to: "/organizations",
  label: "All organizations",
  whyMissing: "It may have been deleted, or be one that you have no access to.",
};

export const roles: WayBack = { to: "/roles", label: "All roles", whyMissing: "It may have been deleted." };

export const users: WayBack = {
  to: "/users",
  label: "All users",
  whyMissing: "Check the address, or look for them in the list.",
};
