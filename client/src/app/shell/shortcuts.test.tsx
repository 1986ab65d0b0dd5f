import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { Shortcuts } from "@/app/shell/shortcuts";
import { MeContext } from "@/shared/session/session-context";
import { SearchInput } from "@/shared/ui/search-input";
import { makePerson } from "@/testing/data";
import { renderPage } from "@/testing/render";

function open(hasSearch: boolean) {
  return renderPage(
    <MeContext value={makePerson({})}>
      <header>
        <input aria-label="Organization" />
      </header>
      <main>{hasSearch && <SearchInput label="Search users" value="ada" onChange={() => undefined} />}</main>
      <Shortcuts />
    </MeContext>,
  );
}

it("goes to the search of the page by one key", async () => {
  open(true);
  await userEvent.keyboard("/");
  expect(screen.getByRole("searchbox", { name: "Search users" })).toHaveFocus();
  expect(screen.getByRole("searchbox")).toHaveValue("ada");
});

it("goes to the choice of an organization on a page that is not searched", async () => {
  open(false);
  await userEvent.keyboard("/");
  expect(screen.getByRole("textbox", { name: "Organization" })).toHaveFocus();
});
