import type { TitleOrder } from "@mantine/core";
import { Button, Group, Select, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";

import { LogLines } from "@/features/executions/components/log-lines";
import { hasEnded } from "@/features/executions/model/execution";
import type { LogLevel } from "@/features/executions/model/log-filter";
import { isLogLevel, levelChoices, LogFilter, logText } from "@/features/executions/model/log-filter";
import type { LogState } from "@/features/executions/model/log-follower";
import { saveText } from "@/shared/files/save-file";
import { useTyping } from "@/shared/ui/use-typing";

// A log of a few lines needs no tools.
const fewLines = 8;

function emptyText(log: LogState): string {
  if (log.lines.length > 0) {
    return "No line matches.";
  }
  return log.isDone ? "It wrote no log." : "Nothing yet.";
}

/** The search, which shows each key at once: the lines that it finds come behind. */
function LogSearch({ search, onSearch }: { search: string; onSearch: (search: string) => void }) {
  const { text, type } = useTyping(search, onSearch);
  return (
    <TextInput
      size="xs"
      w={200}
      role="searchbox"
      aria-label="Search the log"
      placeholder="Search the log"
      leftSection={<IconSearch size={14} aria-hidden />}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}

/** The log, growing while the execution runs; it follows the end unless told not to. */
export function LogView({ log, headingOrder }: { log: LogState; headingOrder: TitleOrder }) {
  const [isFollowing, setFollowing] = useState(true);
  const [level, setLevel] = useState<LogLevel>("debug");
  const [search, setSearch] = useState("");
  const [filter] = useState(() => new LogFilter());
  const { lines, status } = log;
  // What has ended is read from its start.
  const isLive = status !== null && !hasEnded(status);
  const shown = useMemo(() => filter.of(lines, level, search), [filter, lines, level, search]);
  const isNarrowed = level !== "debug" || search !== "";

  return (
    <Stack gap="xs" component="section" aria-label="Log">
      <Group justify="space-between" gap="sm">
        <Title order={headingOrder} size="h3">
          Log
        </Title>
        <Group gap="sm">
          {isLive && (
            <Switch
              size="sm"
              label="Follow the end"
              checked={isFollowing}
              onChange={(event) => setFollowing(event.currentTarget.checked)}
            />
          )}
          {(lines.length > fewLines || isNarrowed) && (
            <>
              <Select
                size="xs"
                w={170}
                aria-label="Level"
                allowDeselect={false}
                data={levelChoices}
                value={level}
                onChange={(value) => setLevel(isLogLevel(value) ? value : "debug")}
              />
              <LogSearch search={search} onSearch={setSearch} />
            </>
          )}
          {lines.length > 0 && (
            <Button size="xs" variant="default" onClick={() => saveText("log.txt", logText(lines), "text/plain")}>
              Download log
            </Button>
          )}
        </Group>
      </Group>
      {log.isInterrupted && (
        <Text size="sm" role="status">
          The connection to the log was lost. Trying again…
        </Text>
      )}
      <LogLines lines={shown} isFollowing={isFollowing && isLive} onScrollBack={() => setFollowing(false)}>
        {shown.length === 0 && (
          <Text size="sm" c="dimmed">
            {emptyText(log)}
          </Text>
        )}
      </LogLines>
      {lines.length > fewLines && (
        <Text size="xs" c="dimmed" role="status">
          {isNarrowed
            ? `${shown.length.toLocaleString()} of ${lines.length.toLocaleString()} lines`
            : `${lines.length.toLocaleString()} lines`}
        </Text>
      )}
    </Stack>
  );
}
