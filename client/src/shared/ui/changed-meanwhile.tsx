import { Button, Table, Text } from "@mantine/core";

import classes from "@/shared/ui/changed-meanwhile.module.css";
import { Notice } from "@/shared/ui/notice";

export interface Difference {
  label: string;
  theirs: string;
  yours: string;
}

interface ChangedMeanwhileProps {
  /** What was changed, as in "this value". */
  what: string;
  /** Null where theirs is that they deleted it. */
  differences: readonly Difference[] | null;
  onTakeTheirs: () => void;
}

/** A dialog may be scrolled to where this cannot be seen. */
function intoView(element: HTMLElement | null) {
  element?.scrollIntoView({ block: "nearest" });
}

/** Theirs beside yours; nothing typed is lost, and saving again replaces theirs. */
export function ChangedMeanwhile({ what, differences, onTakeTheirs }: ChangedMeanwhileProps) {
  return (
    <Notice
      tone="warning"
      title={`Somebody ${differences === null ? "deleted" : "changed"} ${what} meanwhile.`}
      announce="alert"
    >
      <Text size="sm">
        Nothing was saved, and what you typed is kept.{" "}
        {differences === null ? "Saving again makes it anew." : "Saving again replaces theirs."}
      </Text>
      {differences !== null && (
        <Table aria-label="Theirs beside yours" withRowBorders={false} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              <Table.Th scope="col">Theirs</Table.Th>
              <Table.Th scope="col">Yours</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {differences.map(({ label, theirs, yours }) => (
              <Table.Tr key={label}>
                <Table.Th scope="row">{label}</Table.Th>
                <Table.Td className={classes.value}>{theirs || "–"}</Table.Td>
                <Table.Td className={classes.value}>{yours || "–"}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Button ref={intoView} size="xs" variant="default" w="fit-content" onClick={onTakeTheirs}>
        {differences === null ? "Leave it deleted" : "Take theirs"}
      </Button>
    </Notice>
  );
}
