import { Group, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";

import type { IntegrationTest } from "@/features/integrations/api";
import classes from "@/features/integrations/components/test-result.module.css";
import { Notice } from "@/shared/ui/notice";
import { Time } from "@/shared/ui/time";

interface TestResultProps {
  test: IntegrationTest;
  /** The settings are newer than the test. */
  isStale: boolean;
  isShared: boolean;
}

function advice(isShared: boolean): string {
  const next = "Check the settings and the secrets they name, then test again.";
  return isShared ? `${next} This test is made without an organization; where one is needed, test under that organization.` : next;
}

/** What one real call came to, and what to do where it failed. */
export function TestResult({ test, isStale, isShared }: TestResultProps) {
  const when = (
    <Text size="xs" c="dimmed">
      Tested <Time value={test.testedAt} isWithin />
      {isStale && "; the settings were changed since, test again"}
    </Text>
  );
  if (!test.ok) {
    return (
      <Notice tone="failure" title="The test failed" announce="status">
        <Text size="sm">{test.message}</Text>
        <Text size="sm">{advice(isShared)}</Text>
        {when}
      </Notice>
    );
  }
  return (
    <Group gap="xs" role="status">
      <IconCircleCheck size={20} className={classes.ok} aria-hidden />
      <Text size="sm">{test.message}</Text>
      {when}
    </Group>
  );
}
