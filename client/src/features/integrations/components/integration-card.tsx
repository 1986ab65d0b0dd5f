import { Badge, Button, Group, Stack, Switch, Text, Title } from "@mantine/core";

import { isChangedMeanwhile } from "@/api/changed-meanwhile";
import type { Integration, IntegrationTest, IntegrationType } from "@/features/integrations/api";
import { SettingFacts } from "@/features/integrations/components/setting-facts";
import { TestResult } from "@/features/integrations/components/test-result";
import { factsOf } from "@/features/integrations/model/facts";
import { fieldsOf } from "@/features/integrations/model/settings";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Notice } from "@/shared/ui/notice";
import { Surface } from "@/shared/ui/surface";

interface IntegrationCardProps {
  type: IntegrationType;
  /** Undefined where it is set up neither here nor for all. */
  entry: Integration | undefined;
  isShared: boolean;
  test: { run: () => void; isRunning: boolean; error: unknown; result: IntegrationTest | undefined };
  toggle: { run: (isOn: boolean) => void; isRunning: boolean; error: unknown };
  onEdit: () => void;
  onRemove: () => void;
}

function Standing({ entry, isShared }: { entry: Integration | undefined; isShared: boolean }) {
  if (entry === undefined) {
    return <Badge color="gray">Not set up</Badge>;
  }
  return (
    <Group gap={6}>
      {!entry.enabled && <Badge color="gray">Off</Badge>}
      {!isShared && (entry.inherited ? <Badge color="gray">Inherited</Badge> : <Badge color="petrol">Own settings</Badge>)}
    </Group>
  );
}

/** What keeps it from working, and what to do. */
function Problems({ entry, labels }: { entry: Integration; labels: ReadonlyMap<string, string> }) {
  const problems = Object.entries(entry.problems);
  if (problems.length === 0 && entry.missingSecrets.length === 0) {
    return null;
  }
  return (
    <Notice tone="warning" title="Workflows cannot use it yet">
      {problems.map(([name, message]) => (
        <Text key={name} size="sm">
          {labels.get(name) ?? name}: {message}
        </Text>
      ))}
      {entry.missingSecrets.map((name) => (
        <Text key={name} size="sm">
          The secret <b>{name}</b> is not set. An admin sets it under Secrets.
        </Text>
      ))}
    </Notice>
  );
}

/** One integration of a place: whether it works, what counts, and what can be done. */
export function IntegrationCard(props: IntegrationCardProps) {
  const { type, entry, isShared, test, toggle, onEdit, onRemove } = props;
  const fields = fieldsOf(type.settingsSchema);
  const result = test.result ?? entry?.lastTest ?? undefined;
  const editLabel = entry === undefined ? "Set up" : entry.inherited ? "Own settings" : "Edit";
  return (
    <Surface component="section" aria-label={type.label}>
      <Stack p="md" gap="sm">
        <Group justify="space-between" align="flex-start">
          <Group gap="sm">
            <Title order={2}>{type.label}</Title>
            <Standing entry={entry} isShared={isShared} />
          </Group>
          <Group gap="xs">
            {entry !== undefined && (
              <>
                <Switch
                  label="Enabled"
                  aria-label={`${type.label}: enabled`}
                  checked={entry.ownEnabled ?? entry.enabled}
                  disabled={toggle.isRunning}
                  onChange={(event) => toggle.run(event.currentTarget.checked)}
                />
                <Button variant="default" loading={test.isRunning} aria-label={`Test ${type.label}`} onClick={test.run}>
                  Test
                </Button>
              </>
            )}
            <Button
              variant={entry === undefined ? "filled" : "default"}
              aria-label={`${editLabel}: ${type.label}`}
              onClick={onEdit}
            >
              {editLabel}
            </Button>
            {entry !== undefined && !entry.inherited && (
              <Button variant="default" aria-label={`Remove ${type.label}`} onClick={onRemove}>
                Remove
              </Button>
            )}
          </Group>
        </Group>
        {entry === undefined ? (
          <Text c="dimmed">Workflows that need it fail and say that it is not set up here.</Text>
        ) : (
          <>
            {entry.ownEnabled === true && !entry.enabled && (
              <Notice tone="info" title="It stays off">
                <Text size="sm">It is on here, but off for all organizations: an admin turns it on under Settings.</Text>
              </Notice>
            )}
            <SettingFacts label={type.label} facts={factsOf(fields, entry)} isShared={isShared} />
            <Problems entry={entry} labels={new Map(fields.map(({ name, label }) => [name, label]))} />
          </>
        )}
        {toggle.error !== null && (
          <ErrorNotice
            error={toggle.error}
            title="It was not switched."
            kept={isChangedMeanwhile(toggle.error) ? "What is shown now is theirs." : undefined}
          />
        )}
        {test.error !== null && <ErrorNotice error={test.error} title="It could not be tested." />}
        {result && (
          <TestResult
            test={result}
            isStale={entry !== undefined && Date.parse(entry.updatedAt) > Date.parse(result.testedAt)}
            isShared={isShared}
          />
        )}
      </Stack>
    </Surface>
  );
}
