import { Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";

import classes from "@/features/executions/components/result-view.module.css";
import type { JsonRecord, ResultShape } from "@/features/executions/model/result-shape";
import { cellText, heading, resultShape } from "@/features/executions/model/result-shape";
import { CopyButton } from "@/shared/ui/copy-button";
import { ScrollRegion } from "@/shared/ui/scroll-region";

const rowsAtFirst = 100;

function RowsTable({ columns, rows, label }: { columns: string[]; rows: JsonRecord[]; label: string }) {
  const [shown, setShown] = useState(rowsAtFirst);
  const isNumeric = (column: string) => rows.every((row) => typeof (row[column] ?? 0) === "number");
  const alignment = Object.fromEntries(
    columns.map((column) => [column, isNumeric(column) ? "right" : "left"] as const),
  );
  return (
    <Stack gap="xs">
      <ScrollRegion label={`${label}, table`}>
        <Table striped withRowBorders={false} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column} scope="col" ta={alignment[column]}>
                  {heading(column)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, shown).map((row, index) => (
              <Table.Tr key={index}>
                {columns.map((column) => (
                  <Table.Td key={column} ta={alignment[column]}>
                    {cellText(row[column])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
      {rows.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(rows.length)} w="fit-content">
          Show all {rows.length} rows
        </Button>
      )}
    </Stack>
  );
}

function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <Code block tabIndex={0} role="region" aria-label={`${label}, JSON`} className={classes.json}>
      {JSON.stringify(value, null, 2)}
    </Code>
  );
}

function Value({ value, label }: { value: unknown; label: string }) {
  const shape = resultShape(value);
  const isNested = shape.kind === "table" || shape.kind === "record";
  return isNested ? <Shape shape={shape} value={value} label={label} isNested /> : <>{cellText(value)}</>;
}

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
      return <Text c="dimmed">It returned nothing.</Text>;
    case "text":
      return <Text className={classes.text}>{shape.text}</Text>;
    case "table":
      return <RowsTable columns={shape.columns} rows={shape.rows} label={label} />;
    case "record":
      return (
        <dl className={classes.record}>
          {shape.entries.map(([name, entry]) => (
            <div key={name} className={classes.entry}>
              <dt>{heading(name)}</dt>
              <dd>{isNested ? cellText(entry) : <Value value={entry} label={heading(name)} />}</dd>
            </div>
          ))}
        </dl>
      );
    case "json":
      return <Json value={value} label={label} />;
  }
}

/** What an execution returned (or was given), in the shape that reads best, and as JSON on demand. */
export function ResultView({ value, label }: { value: unknown; label: string }) {
  const [asJson, setAsJson] = useState(false);
  const shape = resultShape(value);
  const hasJson = shape.kind === "table" || shape.kind === "record";
  return (
    <Stack gap="sm">
      {asJson ? <Json value={value} label={label} /> : <Shape shape={shape} value={value} label={label} />}
      {shape.kind !== "nothing" && (
        <Group gap="xs">
          {hasJson && (
            <Button size="xs" variant="default" aria-pressed={asJson} onClick={() => setAsJson(!asJson)}>
              {asJson ? "Show as table" : "Show as JSON"}
            </Button>
          )}
          <CopyButton value={typeof value === "string" ? value : JSON.stringify(value, null, 2)} label="Copy" />
        </Group>
      )}
    </Stack>
  );
}
