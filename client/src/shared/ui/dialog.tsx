import type { ModalProps } from "@mantine/core";
import { Modal } from "@mantine/core";
import { useEffect, useState } from "react";

/** Who opened a dialog; an item of a menu goes with its menu, whose button stays. */
function findOpener(): HTMLElement | null {
  const active = document.activeElement;
  const menu = active?.closest("[role=menu]");
  const button = menu && document.querySelector(`[aria-controls="${CSS.escape(menu.id)}"]`);
  const opener = button ?? active;
  return opener instanceof HTMLElement && opener !== document.body ? opener : null;
}

/** A dialog that is open for as long as it is rendered; keys go on where they were before it. */
export function Dialog(props: Omit<ModalProps, "opened" | "returnFocus">) {
  const [opener] = useState(findOpener);

  useEffect(
    () => () => {
      // Somebody who put the focus elsewhere meant it.
      if (document.activeElement === null || document.activeElement === document.body) {
        const next = opener?.isConnected ? opener : document.getElementById("main");
        next?.focus({ preventScroll: true });
      }
    },
    [opener],
  );
  return <Modal opened returnFocus={false} {...props} />;
}
