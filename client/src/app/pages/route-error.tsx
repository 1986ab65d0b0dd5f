import { Button, Text } from "@mantine/core";
import { useRouteError } from "react-router";

import { Notice } from "@/shared/ui/notice";

/** A page that broke, or whose code is gone because a newer version was deployed. */
export function RouteError() {
  const error = useRouteError();
  const isOldVersion = error instanceof TypeError && /import|module/i.test(error.message);
  return (
    <Notice
      tone="failure"
      announce="alert"
      title={isOldVersion ? "There is a newer version of this page." : "This page has stopped working."}
    >
      <Text size="sm">
        {isOldVersion
          ? "Reload to get it. What has been run is not affected."
          : "What has been run is not affected. Reload the page; if it happens again, tell whoever runs this platform."}
      </Text>
      <Button size="xs" variant="default" w="fit-content" onClick={() => window.location.reload()}>
        Reload
      </Button>
    </Notice>
  );
}
