import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";

import { SearchInput } from "@/shared/ui/search-input";
import { renderPage } from "@/testing/render";

/** Takes a moment for what it is told, as the address does. */
function Slow() {
  const [value, setValue] = useState("");
  return (
    <>
      <SearchInput label="Search forms" value={value} onChange={(text) => setTimeout(() => setValue(text), 20)} />
      <button onClick={() => setValue("")}>Clear filters</button>
      <p>{`Found for “${value}”`}</p>
    </>
  );
}

const box = () => screen.getByRole("searchbox", { name: "Search forms" });

it("loses no key to an address that follows later", async () => {
  renderPage(<Slow />);
  const quick = userEvent.setup({ delay: null });
  await quick.type(box(), "Onboard");
  expect(box()).toHaveValue("Onboard");
  await waitFor(() => expect(screen.getByText("Found for “Onboard”")).toBeVisible());
  expect(box()).toHaveValue("Onboard");
  await quick.type(box(), "{Escape}");
  expect(box()).toHaveValue("");
  await waitFor(() => expect(screen.getByText("Found for “”")).toBeVisible());
});

it("shows what the address has when something else has changed it", async () => {
  renderPage(<Slow />);
  await userEvent.type(box(), "On");
  await waitFor(() => expect(screen.getByText("Found for “On”")).toBeVisible());
  await userEvent.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(box()).toHaveValue("");
});
