import { Button, Text } from "@mantine/core";
import { useRouteError } from "react-router";

import { Notice } from "@/shared/ui/notice";
import { Page } from "@/shared/ui/page";

// What the browsers say of a script, and the build's loader of a stylesheet.
const notFetched = /dynamically imported module|importing a module script|unable to preload/i;

/** A page that broke, or whose code could not be fetched: no connection, or a newer version was deployed. */
export function RouteError() {
  const error = useRouteError();
  const isMissing = error instanceof Error && notFetched.test(error.message);
  return (
    <Page title="Something went wrong">
      <Notice
        tone="failure"
        announce="alert"
        title={isMissing ? "This page could not be loaded." : "This page has stopped working."}
      >
        <Text size="sm">
          {isMissing
            ? "The connection is gone, or there is a newer version of these pages. Check the connection, then reload."
            : "Reload the page; if it happens again, tell whoever runs this platform."}
        </Text>
        <Text size="sm">What has been run is not affected.</Text>
        <Button size="xs" variant="default" w="fit-content" onClick={() => window.location.reload()}>
          Reload
        </Button>
      </Notice>
    </Page>
  );
}
