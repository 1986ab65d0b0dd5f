import { act, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";

import { useTyping } from "@/shared/ui/use-typing";

function Page({ accept }: { accept: (text: string) => string }) {
  const [value, setValue] = useState("");
  const { text, type } = useTyping(value, (typed) => setValue(accept(typed)));
  return (
    <>
      <input value={text} onChange={(event) => type(event.currentTarget.value)} />
      <p>{`“${value}”`}</p>
    </>
  );
}

function typed(...texts: string[]): void {
  for (const text of texts) {
    fireEvent.change(screen.getByRole("textbox"), { target: { value: text } });
  }
}

it("shows each key before what follows from it", () => {
  render(<Page accept={(text) => text} />);
  act(() => {
    typed("a", "ab");
    expect(screen.getByRole("textbox")).toHaveValue("ab");
    expect(screen.getByText("“”")).toBeInTheDocument();
  });
  expect(screen.getByRole("textbox")).toHaveValue("ab");
  expect(screen.getByText("“ab”")).toBeInTheDocument();
});

it("shows what the page made of it", () => {
  render(<Page accept={(text) => text.replaceAll(/\d/g, "")} />);
  act(() => {
    typed("a", "a1", "a1b");
    expect(screen.getByRole("textbox")).toHaveValue("a1b");
  });
  expect(screen.getByRole("textbox")).toHaveValue("ab");
});
