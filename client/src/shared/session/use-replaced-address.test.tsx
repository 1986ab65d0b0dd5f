import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, it } from "vitest";

import { useReplacedAddress } from "@/shared/session/use-replaced-address";

function Here() {
  const [isKnown, setKnown] = useState(false);
  useReplacedAddress(isKnown ? "/here?org=contoso" : null);
  return <button onClick={() => setKnown(true)}>Know it</button>;
}

/** Somebody on a page; the code of another one comes when it is let. */
function open() {
  let arrive = (): void => undefined;
  const code = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const router = createMemoryRouter(
    [
      { path: "/here", element: <Here /> },
      { path: "/there", lazy: () => code.then(() => ({ Component: () => "there" })) },
    ],
    { initialEntries: ["/here"] },
  );
  render(<RouterProvider router={router} />);
  return { router, arrive };
}

it("replaces the address of the page that shows", async () => {
  const { router } = open();
  await userEvent.click(screen.getByRole("button"));
  await waitFor(() => expect(router.state.location.search).toBe("?org=contoso"));
});

it("keeps nobody who is on their way to another page", async () => {
  const { router, arrive } = open();
  const onTheWay = router.navigate("/there");
  await userEvent.click(screen.getByRole("button"));
  arrive();
  await onTheWay;
  expect(await screen.findByText("there")).toBeVisible();
  expect(router.state.location).toMatchObject({ pathname: "/there", search: "" });
});
