import { Button, Group, Menu, Text } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";

import type { ExecutionListOf } from "@/features/executions/api";
import { useExecutionsExport } from "@/features/executions/hooks/use-executions-export";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { mostExported } from "@/features/executions/model/export";
import type { ExecutionFilters } from "@/features/executions/model/filters";
import { ErrorNotice } from "@/shared/ui/error-notice";

interface ExportMenuProps {
  of: ExecutionListOf;
  filters: ExecutionFilters;
  shown: readonly ExecutionSummary[];
  organizationName: (organizationId: string) => string;
}

/** The list as a file for a spreadsheet. */
export function ExportMenu({ of, filters, shown, organizationName }: ExportMenuProps) {
  const { saveShown, saveAll, stop, isRunning, count, error } = useExecutionsExport({ of, filters, organizationName });
  if (isRunning) {
    return (
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed" role="status">
          Reading… {count}
        </Text>
        <Button variant="default" onClick={stop}>
          Stop the export
        </Button>
      </Group>
    );
  }
  return (
    <Group gap="xs" justify="flex-end">
      {error !== null && <ErrorNotice error={error} title="The executions could not be exported." onRetry={saveAll} />}
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <Button
            variant="default"
            disabled={shown.length === 0}
            leftSection={<IconDownload size={16} aria-hidden />}
            rightSection={<IconChevronDown size={16} aria-hidden />}
          >
            Export CSV
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => saveShown(shown)}>What is shown ({shown.length})</Menu.Item>
          <Menu.Item onClick={saveAll}>Everything that matches (at most {mostExported.toLocaleString()})</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
