import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";

import { executionValueQuery } from "@/features/executions/api";
import classes from "@/features/executions/components/result-view.module.css";
import type { ExecutionScope } from "@/features/executions/hooks/execution-scope";
import { useExecutionScope } from "@/features/executions/hooks/execution-scope";
import type { CutValue as Cut } from "@/features/executions/model/result-shape";
import { formatBytes } from "@/shared/files/save-file";
import { ErrorNotice } from "@/shared/ui/error-notice";
import { Loading } from "@/shared/ui/loading";

interface CutValueProps {
  cut: Cut;
  label: string;
  /** Shows the whole value once it was loaded. */
  children: (value: unknown) => ReactNode;
}

function Whole({ scope, valueId, label, children }: { scope: ExecutionScope; valueId: string } & Omit<CutValueProps, "cut">) {
  const query = useQuery(executionValueQuery(scope.organizationId, scope.executionId, valueId));
  if (query.isError) {
    return (
      <ErrorNotice
        error={query.error}
        title="The whole value could not be loaded."
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      />
    );
  }
  return query.isPending ? <Loading label={`Loading ${label}`} rows={3} /> : children(query.data);
}

/** A value that was too large for the record: how it begins, and all of it on demand. */
export function CutValue({ cut, label, children }: CutValueProps) {
  const scope = useExecutionScope();
  const [isWhole, setWhole] = useState(false);
  const { valueId, bytes, start } = cut;
  if (isWhole && scope !== null && valueId !== null) {
    return (
      <Whole scope={scope} valueId={valueId} label={label}>
        {children}
      </Whole>
    );
  }
  return (
    <Stack gap={4}>
      <Text ff="monospace" size="xs" className={classes.text}>
        {start}…
      </Text>
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {valueId === null
            ? `The beginning of ${formatBytes(bytes)}; the rest was too much to keep.`
            : `The beginning of ${formatBytes(bytes)}.`}
        </Text>
        {valueId !== null && scope !== null && (
          <Button size="compact-sm" variant="default" onClick={() => setWhole(true)} aria-label={`Show all of ${label}`}>
            Show all
          </Button>
        )}
      </Group>
    </Stack>
  );
}
