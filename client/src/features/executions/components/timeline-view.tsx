import { Stack, Text, Title } from "@mantine/core";

import classes from "@/features/executions/components/timeline-view.module.css";
import type { Execution } from "@/features/executions/model/execution";
import { timeline } from "@/features/executions/model/timeline";
import { Time } from "@/shared/ui/time";

/** What became of the execution, moment by moment, with every attempt. */
export function TimelineView({ execution }: { execution: Execution }) {
  return (
    <Stack gap="xs" component="section" aria-label="Timeline">
      <Title order={2} size="h3">
        Timeline
      </Title>
      <ol className={classes.events}>
        {timeline(execution).map((event) => (
          <li
            key={`${event.at} ${event.title}`}
            className={classes.event}
            data-tone={event.tone}
            data-ahead={event.isAhead || undefined}
          >
            <span className={classes.moment}>
              <Time value={event.at} format="moment" />
            </span>
            <div className={classes.what}>
              {event.title}
              {event.detail !== null && (
                <Text size="sm" c="dimmed">
                  {event.detail}
                </Text>
              )}
            </div>
          </li>
        ))}
      </ol>
    </Stack>
  );
}
