import { useDisclosure } from "@mantine/hooks";
import { lazy, Suspense } from "react";
import { useNavigate } from "react-router";

import { useOrgPath } from "@/shared/session/org-link";
import { useShortcut } from "@/shared/shortcuts/shortcuts";

const ShortcutsDialog = lazy(async () => ({
  default: (await import("@/app/shell/shortcuts-dialog")).ShortcutsDialog,
}));

/** The shortcuts that work on every page; `?` lists them. */
export function Shortcuts() {
  const [isOpen, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const orgPath = useOrgPath();
  useShortcut("?", open);
  useShortcut("g h", () => void navigate(orgPath("/")));
  useShortcut("g f", () => void navigate(orgPath("/forms")));
  useShortcut("g e", () => void navigate(orgPath("/executions")));
  return isOpen ? (
    <Suspense>
      <ShortcutsDialog onClose={close} />
    </Suspense>
  ) : null;
}
