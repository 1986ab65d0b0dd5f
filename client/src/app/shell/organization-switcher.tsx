import { Combobox, InputBase, useCombobox } from "@mantine/core";
import { IconBuilding } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";

import { switcherLabel } from "@/app/shell/sections";
import classes from "@/app/shell/shell.module.css";
import { chooseOrganization } from "@/shared/session/current-organization";
import { withOrganization } from "@/shared/session/org-link";
import { useMe } from "@/shared/session/session-context";
import { useShortcut } from "@/shared/shortcuts/shortcuts";

/** Where to go with another organization: the same section, but not one organization's execution. */
export function pathInOtherOrganization(pathname: string, organizationId: string): string {
  if (pathname.startsWith("/executions/")) {
    return "/executions";
  }
  // An organization's own page becomes the other one's.
  return pathname.replace(/^\/organizations\/(?!import$)[^/]+/, `/organizations/${organizationId}`);
}

/** Chooses the organization that everything is about; typing finds one among many. */
export function OrganizationSwitcher() {
  const me = useMe();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [params] = useSearchParams();
  const choice = chooseOrganization(me, params.get("org"));
  const current = choice.kind === "chosen" ? choice.organization : null;
  const input = useRef<HTMLInputElement>(null);
  const [search, setSearch] = useState<string | null>(null);
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch(null);
    },
  });
  useShortcut("o", () => {
    // At once: the next key may follow within a millisecond.
    input.current?.focus();
    combobox.openDropdown();
  });

  // Enter takes the first that was found; it is there only after this has been rendered.
  const { selectFirstOption } = combobox;
  useEffect(() => {
    if (search !== null) {
      selectFirstOption();
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- another function at each render
  }, [search]);

  const wanted = (search ?? "").trim().toLocaleLowerCase();
  const found = me.organizations.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  const choose = (id: string) => {
    combobox.closeDropdown();
    input.current?.blur();
    if (id !== current?.id) {
      void navigate(withOrganization(pathInOtherOrganization(pathname, id), id));
    }
  };

  return (
    <Combobox store={combobox} onOptionSubmit={choose} withinPortal={false}>
      <Combobox.Target withExpandedAttribute>
        <InputBase
          ref={input}
          role="combobox"
          aria-label={switcherLabel}
          title={current?.name}
          flex={1}
          miw={0}
          maw={260}
          leftSection={<IconBuilding size={16} aria-hidden />}
          rightSection={<Combobox.Chevron />}
          rightSectionPointerEvents="none"
          placeholder="Choose an organization"
          value={search ?? current?.name ?? ""}
          onClick={() => combobox.openDropdown()}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => combobox.closeDropdown()}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.openDropdown();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options aria-label="Organizations" className={classes.options}>
          {found.map(({ id, name }) => (
            <Combobox.Option key={id} value={id} active={id === current?.id} aria-selected={id === current?.id}>
              {name}
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>No organization of yours has that name</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
