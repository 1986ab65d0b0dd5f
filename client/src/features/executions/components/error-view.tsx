import { Code, Stack, Text } from "@mantine/core";

import classes from "@/features/executions/components/result-view.module.css";
import { errorAdvice } from "@/features/executions/model/error-advice";
import type { Execution } from "@/features/executions/model/execution";
import { statusWords } from "@/features/executions/model/execution";
import { heading } from "@/features/executions/model/result-shape";
import { Notice } from "@/shared/ui/notice";

/** Why an execution ended badly, in its author's words, and what to do about it. */
export function ErrorView({ execution }: { execution: Execution }) {
  const { error, status, executionId } = execution;
  const { traceback, ...rest } = error?.details ?? {};
  const details = Object.entries(rest);
  const title = error === null ? statusWords[status] : `${statusWords[status]}: ${heading(error.type)}`;
  return (
    <Stack gap="sm">
      <Notice tone={status === "Cancelled" ? "warning" : "failure"} title={title}>
        {error !== null && <Text>{error.message}</Text>}
        <Text size="sm">{errorAdvice(status, error)}</Text>
        {details.length > 0 && (
          <dl className={classes.record}>
            {details.map(([name, value]) => (
              <div key={name} className={classes.entry}>
                <dt>{heading(name)}</dt>
                <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        )}
        <Text size="xs" ff="monospace">
          Execution id {executionId}
        </Text>
      </Notice>
      {typeof traceback === "string" && (
        <details>
          <summary>Traceback</summary>
          <Code block tabIndex={0} role="region" aria-label="Traceback" className={classes.json}>
            {traceback}
          </Code>
        </details>
      )}
    </Stack>
  );
}
