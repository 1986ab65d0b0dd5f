import { useDisclosure } from "@mantine/hooks";
import { lazy, Suspense } from "react";
import { useNavigate } from "react-router";

import type { Section } from "@/app/shell/sections";
import { sectionsFor, switcherLabel } from "@/app/shell/sections";
import { useOrgPath } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";
import { useShortcut } from "@/shared/shortcuts/shortcuts";

const ShortcutsDialog = lazy(async () => ({
  default: (await import("@/app/shell/shortcuts-dialog")).ShortcutsDialog,
}));

/** `g` and the section's key go there. */
function GoTo({ section }: { section: Section }) {
  const navigate = useNavigate();
  const orgPath = useOrgPath();
  useShortcut(`g ${section.key}`, () => void navigate(orgPath(section.path)));
  return null;
}

/** To what the page is searched by; on a page without, to the choice of an organization. */
function focusSearch() {
  const onPage = document.querySelector<HTMLInputElement>("main [role='searchbox'], main input[type='search']");
  const input = onPage ?? document.querySelector<HTMLInputElement>(`header [aria-label='${switcherLabel}']`);
  input?.focus();
  input?.select();
}

/** The shortcuts that work on every page; `?` lists them. */
export function Shortcuts() {
  const [isOpen, { open, close }] = useDisclosure();
  const sections = sectionsFor(useMe()).flatMap((group) => group.sections);
  useShortcut("/", focusSearch);
  useShortcut("?", open);
  return (
    <>
      {sections.map((section) => (
        <GoTo key={section.path} section={section} />
      ))}
      {isOpen && (
        <Suspense>
          <ShortcutsDialog sections={sections} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
