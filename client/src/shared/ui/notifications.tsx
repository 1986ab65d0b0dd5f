import { notifications } from "@mantine/notifications";
import { IconCheck } from "@tabler/icons-react";

/** Shows a message for a few seconds. */
export function show(message: string): void {
  notifications.show({
    message,
    icon: <IconCheck size={16} aria-hidden />,
    color: "petrol",
    autoClose: 5000,
    withBorder: true,
    closeButtonProps: { "aria-label": "Close the message" },
  });
}
