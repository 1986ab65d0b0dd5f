import type { TitleOrder } from "@mantine/core";
import { Button, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";

import { CutValue } from "@/features/executions/components/cut-value";
import { FileLink } from "@/features/executions/components/file-link";
import classes from "@/features/executions/components/result-view.module.css";
import { Cell, RowsTable } from "@/features/executions/components/rows-table";
import type { ResultShape } from "@/features/executions/model/result-shape";
import { heading, resultShape } from "@/features/executions/model/result-shape";
import { fileName, saveText } from "@/shared/files/save-file";
import { CopyButton } from "@/shared/ui/copy-button";

function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <Code block tabIndex={0} role="region" aria-label={`${label}, JSON`} className={classes.json}>
      {JSON.stringify(value, null, 2)}
    </Code>
  );
}

/** What an object holds: one level deep as tables and lists, deeper as text. */
function Entry({ value, label, isNested }: { value: unknown; label: string; isNested: boolean }) {
  const shape = resultShape(value);
  const isSimple = shape.kind === "nothing" || shape.kind === "text" || shape.kind === "json";
  const isTooDeep = isNested && (shape.kind === "table" || shape.kind === "record");
  return isSimple || isTooDeep ? (
    <Cell value={value} />
  ) : (
    <Shape shape={shape} value={value} label={label} isNested />
  );
}

const nothing: Partial<Record<string, string>> = {
  Result: "It returned nothing.",
  Input: "It was given no input.",
};

interface ShapeProps {
  shape: ResultShape;
  value: unknown;
  label: string;
  /** Inside another object: deeper ones are shown as JSON. */
  isNested?: boolean;
}

function Shape({ shape, value, label, isNested = false }: ShapeProps) {
  switch (shape.kind) {
    case "nothing":
      return <Text c="dimmed">{nothing[label] ?? "Nothing."}</Text>;
    case "text":
      return <Text className={classes.text}>{shape.text}</Text>;
    case "file":
      return <FileLink file={shape.file} />;
    case "files":
      return (
        <Stack gap={4}>
          {shape.files.map((file) => (
            <FileLink key={file.fileId} file={file} />
          ))}
        </Stack>
      );
    case "cut":
      return (
        <CutValue cut={shape.cut} label={label}>
          {(whole) => <ResultView value={whole} label={label} />}
        </CutValue>
      );
    case "table":
      return <RowsTable columns={shape.columns} rows={shape.rows} label={label} />;
    case "record":
      return (
        <dl className={classes.record}>
          {shape.entries.map(([name, entry]) => (
            <div key={name} className={classes.entry}>
              <dt>{heading(name)}</dt>
              <dd>
                <Entry value={entry} label={heading(name)} isNested={isNested} />
              </dd>
            </div>
          ))}
        </dl>
      );
    case "json":
      return <Json value={value} label={label} />;
  }
}

/** A value as JSON on demand, to copy and to download. */
function Actions({ value, label, asJson, onJson }: { value: unknown; label: string; asJson: boolean | null; onJson: () => void }) {
  const json = JSON.stringify(value, null, 2);
  return (
    <Group gap="xs">
      {asJson !== null && (
        <Button size="xs" variant="default" aria-pressed={asJson} onClick={onJson}>
          {asJson ? "Show as table" : "Show as JSON"}
        </Button>
      )}
      <CopyButton value={typeof value === "string" ? value : json} label="Copy" />
      <Button
        size="xs"
        variant="default"
        onClick={() => saveText(fileName([label], "json"), json, "application/json")}
        aria-label={`Download ${label} as JSON`}
      >
        Download JSON
      </Button>
    </Group>
  );
}

interface ResultViewProps {
  value: unknown;
  label: string;
  /** The label as a heading of this level; without it the label is told elsewhere. */
  headingOrder?: TitleOrder;
}

/** What an execution returned (or was given), in the shape that reads best, and as JSON on demand. */
export function ResultView({ value, label, headingOrder }: ResultViewProps) {
  const [asJson, setAsJson] = useState(false);
  const shape = resultShape(value);
  const hasJson = shape.kind === "table" || shape.kind === "record";
  const hasActions = hasJson || shape.kind === "text" || shape.kind === "json";
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs">
        {headingOrder !== undefined && (
          <Title order={headingOrder} size="h3">
            {label}
          </Title>
        )}
        {hasActions && (
          <Actions value={value} label={label} asJson={hasJson ? asJson : null} onJson={() => setAsJson(!asJson)} />
        )}
      </Group>
      {asJson ? <Json value={value} label={label} /> : <Shape shape={shape} value={value} label={label} />}
    </Stack>
  );
}
