import { Button, Group, Stack, Table } from "@mantine/core";
import { useState } from "react";

import { FileLink } from "@/features/executions/components/file-link";
import classes from "@/features/executions/components/result-view.module.css";
import type { JsonRecord } from "@/features/executions/model/result-shape";
import { asFile, cellText, heading, rowsCsv } from "@/features/executions/model/result-shape";
import { fileName, saveText } from "@/shared/files/save-file";
import { ScrollRegion } from "@/shared/ui/scroll-region";

const rowsAtFirst = 100;

function Cell({ value }: { value: unknown }) {
  const file = asFile(value);
  return file === null ? <>{cellText(value)}</> : <FileLink file={file} />;
}

/** A list of objects; the first hundred at once. */
export function RowsTable({ columns, rows, label }: { columns: string[]; rows: JsonRecord[]; label: string }) {
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
                    <Cell value={row[column]} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
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
      </Group>
    </Stack>
  );
}
