import { Button, Group, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";

import { ApiError } from "@/api/api-error";
import { downloadFileMutation } from "@/features/executions/api";
import type { ExecutionScope } from "@/features/executions/hooks/execution-scope";
import { useExecutionScope } from "@/features/executions/hooks/execution-scope";
import type { FileReference } from "@/features/executions/model/result-shape";
import { formatBytes, saveFile } from "@/shared/files/save-file";

function Download({ file, scope }: { file: FileReference; scope: ExecutionScope }) {
  const download = useMutation(downloadFileMutation(scope.organizationId, scope.executionId));
  const start = () => {
    download.mutate(file.fileId, {
      onSuccess: (content) => {
        saveFile(file.name, content);
      },
    });
  };
  const { error } = download;
  return (
    <Group gap="xs">
      <Button
        size="compact-sm"
        variant="default"
        loading={download.isPending}
        leftSection={<IconDownload size={14} aria-hidden />}
        onClick={start}
        aria-label={`Download ${file.name}`}
      >
        {file.name}
      </Button>
      <Text span size="sm" c="dimmed">
        {formatBytes(file.sizeBytes)}
      </Text>
      {error !== null && (
        <Text span size="sm" c="var(--mantine-color-error)" role="alert">
          The file could not be downloaded. {error instanceof ApiError ? error.message : ""} Try again.
        </Text>
      )}
    </Group>
  );
}

/** A file of an execution, to download. */
export function FileLink({ file }: { file: FileReference }) {
  const scope = useExecutionScope();
  return scope === null ? (
    <>
      {file.name} ({formatBytes(file.sizeBytes)})
    </>
  ) : (
    <Download file={file} scope={scope} />
  );
}
