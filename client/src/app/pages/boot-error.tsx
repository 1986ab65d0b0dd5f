import { Button, MantineProvider, Text } from "@mantine/core";

import { Centered } from "@/app/pages/centered";
import { cssVariablesResolver, theme } from "@/shared/theme/theme";
import { Notice } from "@/shared/ui/notice";

/** Before sign-in could start: settings that are missing, or an identity provider that refuses. */
export function BootError({ error }: { error: unknown }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <Centered title="This page could not start">
        <Notice tone="failure" title="Sign-in could not be prepared." announce="alert">
          <Text size="sm">{error instanceof Error ? error.message : "Something unexpected happened."}</Text>
          <Text size="sm">Reload the page. If it happens again, tell whoever runs this platform.</Text>
        </Notice>
        <Button onClick={() => window.location.replace("/")} w="fit-content">
          Reload
        </Button>
      </Centered>
    </MantineProvider>
  );
}
