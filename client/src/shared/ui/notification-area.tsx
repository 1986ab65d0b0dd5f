import "@mantine/notifications/styles.css";

import { Notifications } from "@mantine/notifications";

/** Where messages of what was done appear. */
export function NotificationArea() {
  return <Notifications position="bottom-right" />;
}
