import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";

import type { ExecutionListOf } from "@/features/executions/api";
import { fetchExecutions } from "@/features/executions/api";
import type { ExecutionSummary } from "@/features/executions/model/execution";
import { collectExecutions, executionsCsv, mostExported } from "@/features/executions/model/export";
import type { ExecutionFilters } from "@/features/executions/model/filters";
import { fileName, saveText } from "@/shared/files/save-file";
import { notifyDone } from "@/shared/ui/notify";

interface ExportOf {
  of: ExecutionListOf;
  filters: ExecutionFilters;
  organizationName: (organizationId: string) => string;
}

/** Saves executions as CSV: those that are shown, or every page of them. */
export function useExecutionsExport({ of, filters, organizationName }: ExportOf) {
  const [count, setCount] = useState(0);
  const abort = useRef<AbortController | null>(null);

  const save = (executions: readonly ExecutionSummary[]) => {
    const today = new Date().toISOString().slice(0, 10);
    saveText(fileName(["executions", today], "csv"), executionsCsv(executions, organizationName), "text/csv");
  };

  const all = useMutation({
    mutationFn: async () => {
      const controller = new AbortController();
      abort.current = controller;
      setCount(0);
      const { executions, isComplete } = await collectExecutions(
        (cursor) => fetchExecutions({ of, filters, limit: 200, cursor, signal: controller.signal }),
        setCount,
      );
      save(executions);
      notifyDone(
        isComplete
          ? `${executions.length} executions were exported.`
          : `The newest ${mostExported} executions were exported. Narrow the dates for those before.`,
      );
    },
  });

  return {
    saveShown: save,
    saveAll: () => {
      all.mutate();
    },
    stop: () => {
      abort.current?.abort();
      all.reset();
    },
    isRunning: all.isPending,
    /** How many have been read so far. */
    count,
    error: all.error,
  };
}
