import { Stack, Text } from "@mantine/core";
import { NavLink } from "react-router";

import type { Section } from "@/app/shell/sections";
import { sectionsFor } from "@/app/shell/sections";
import classes from "@/app/shell/shell.module.css";
import { useOrgPath } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";

interface SectionLinkProps {
  section: Section;
  onNavigate: () => void;
}

function SectionLink({ section: { path, label, icon: Icon }, onNavigate }: SectionLinkProps) {
  const orgPath = useOrgPath();
  return (
    <NavLink to={orgPath(path)} end={path === "/"} className={classes.link} onClick={onNavigate}>
      <Icon size={18} aria-hidden />
      {label}
    </NavLink>
  );
}

/** The sections this person may use. */
export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const me = useMe();
  return (
    <Stack component="nav" aria-label="Main" gap={2}>
      {sectionsFor(me).map(({ label, sections }) => (
        <Stack key={label ?? ""} gap={2} mt={label === null ? 0 : "sm"}>
          {label !== null && (
            <Text size="xs" fw={600} c="dimmed" px={12} py={4}>
              {label}
            </Text>
          )}
          {sections.map((section) => (
            <SectionLink key={section.path} section={section} onNavigate={onNavigate} />
          ))}
        </Stack>
      ))}
    </Stack>
  );
}
