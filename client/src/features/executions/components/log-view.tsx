import type { TitleOrder } from "@mantine/core";
import { Group, Stack, Switch, Text, Title } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import classes from "@/features/executions/components/log-view.module.css";
import type { LogLine } from "@/features/executions/model/execution";
import type { LogState } from "@/features/executions/model/log-follower";
import { Time } from "@/shared/ui/time";

// A browser shows some thousands of lines well; the end is what people read.
const shownLines = 2000;

function Line({ line }: { line: LogLine }) {
  const hasData = Object.keys(line.data ?? {}).length > 0;
  return (
    <li className={classes.line} data-level={line.level.toLowerCase()}>
      <span className={classes.time}>
        <Time value={line.timestamp} format="clock" />
      </span>
      <span className={classes.level}>{line.level.toLowerCase()}</span>
      <span className={classes.message}>
        {line.message}
        {hasData && <span className={classes.data}> {JSON.stringify(line.data)}</span>}
      </span>
    </li>
  );
}

/** The log, growing while the execution runs; it follows the end unless told not to. */
export function LogView({ log, headingOrder }: { log: LogState; headingOrder: TitleOrder }) {
  const [isFollowing, setFollowing] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const { lines } = log;
  const hidden = Math.max(0, lines.length - shownLines);

  // Scrolling is not part of what React renders.
  useEffect(() => {
    if (isFollowing && scroller.current !== null) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  }, [lines.length, isFollowing]);

  return (
    <Stack gap="xs" component="section" aria-label="Log">
      <Group justify="space-between">
        <Title order={headingOrder} size="h3">
          Log
        </Title>
        {!log.isDone && (
          <Switch
            size="sm"
            label="Follow the end"
            checked={isFollowing}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
        )}
      </Group>
      {log.isInterrupted && (
        <Text size="sm" role="status">
          The connection to the log was lost. Trying again…
        </Text>
      )}
      <div ref={scroller} className={classes.scroller} tabIndex={0} role="log" aria-label="Log lines">
        {hidden > 0 && <Text size="sm">{hidden} earlier lines are not shown.</Text>}
        <ol className={classes.lines}>
          {lines.slice(hidden).map((line) => (
            <Line key={line.sequence} line={line} />
          ))}
        </ol>
        {lines.length === 0 && (
          <Text size="sm" c="dimmed">
            {log.isDone ? "It wrote no log." : "Nothing yet."}
          </Text>
        )}
      </div>
    </Stack>
  );
}
