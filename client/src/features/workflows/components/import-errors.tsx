import { Code, Stack, Text } from "@mantine/core";

import classes from "@/features/workflows/components/import-errors.module.css";
import type { ImportError } from "@/features/workflows/model/workflow";
import { countOf } from "@/shared/ui/count-of";
import { Notice } from "@/shared/ui/notice";

/** `workflows/onboard.py:12`, as editors open it. */
function place({ sourceFile, line }: ImportError): string {
  return line === null || line === undefined ? sourceFile : `${sourceFile}:${line}`;
}

/** Files whose workflows are missing from the catalog, and why. */
export function ImportErrors({ errors }: { errors: readonly ImportError[] }) {
  if (errors.length === 0) {
    return null;
  }
  return (
    <Notice tone="failure" title={`${countOf(errors.length, "file")} could not be imported`} announce="status">
      <Text size="sm">
        What is wrong in a file takes nothing else down: all other workflows run. The catalog has nothing of
        these files until they are mended and saved; they are then read again.
      </Text>
      <Stack component="ul" gap="xs" className={classes.list} aria-label="Files that could not be imported">
        {errors.map((error) => (
          <li key={`${place(error)} ${error.message}`}>
            <Code>{place(error)}</Code>
            <pre className={classes.message}>{error.message}</pre>
          </li>
        ))}
      </Stack>
    </Notice>
  );
}
