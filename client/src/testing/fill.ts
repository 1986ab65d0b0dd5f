import { fireEvent } from "@testing-library/react";

/** Puts a text into a field at once: typed key by key, a long one takes seconds on a busy machine. */
export function fill(field: HTMLElement, text: string): void {
  fireEvent.change(field, { target: { value: text } });
}
