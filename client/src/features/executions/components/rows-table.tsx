import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";

import { FileLink } from "@/features/executions/components/file-link";
import classes from "@/features/executions/components/result-view.module.css";
import type { JsonRecord } from "@/features/executions/model/result-shape";
import { asFile, cellText, decimalsOf, heading, isMoment, rowsCsv } from "@/features/executions/model/result-shape";
import { fileName, saveText } from "@/shared/files/save-file";
import { Time } from "@/shared/ui/time";

const rowsAtFirst = 100;

/** A value as it reads best; in a column of numbers with as many decimals as the others have. */
export function Cell({ value, decimals = null }: { value: unknown; decimals?: number | null }) {
  const file = asFile(value);
  if (file !== null) {
    return <FileLink file={file} />;
  }
  if (isMoment(value)) {
    return <Time value={value} />;
  }
  return <>{typeof value === "number" && decimals !== null ? value.toFixed(decimals) : cellText(value)}</>;
}

interface RowsTableProps {
  columns: string[];
  rows: JsonRecord[];
  label: string;
}

/** A list of objects, which scrolls below its column names; the first hundred at once. */
export function RowsTable({ columns, rows, label }: RowsTableProps) {
  const [shown, setShown] = useState(rowsAtFirst);
  const numeric = new Map(columns.map((column) => [column, decimalsOf(rows.map((row) => row[column]))] as const));
  const alignment = (column: string) => (numeric.get(column) === null ? "left" : "right");
  return (
    <Stack gap="xs">
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={`${label}, table`}>
        <Table stickyHeader withRowBorders={false} striped className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column} scope="col" ta={alignment(column)}>
                  {heading(column)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, shown).map((row, index) => (
              <Table.Tr key={index}>
                {columns.map((column) => (
                  <Table.Td key={column} ta={alignment(column)}>
                    <Cell value={row[column]} decimals={numeric.get(column)} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Group gap="xs">
        {rows.length > shown && (
          <Button variant="default" size="xs" onClick={() => setShown(rows.length)}>
            Show all {rows.length} rows
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          onClick={() => saveText(fileName([label], "csv"), rowsCsv(columns, rows), "text/csv")}
          aria-label={`Download ${label} as CSV`}
        >
          Download CSV
        </Button>
        <Text c="dimmed">
          {rows.length > shown ? `${shown} of ${rows.length} rows` : rows.length === 1 ? "1 row" : `${rows.length} rows`}
        </Text>
      </Group>
    </Stack>
  );
}
