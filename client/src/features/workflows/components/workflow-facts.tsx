import { Text } from "@mantine/core";

import { TagList } from "@/features/workflows/components/tag-list";
import { categoryOf } from "@/features/workflows/model/catalog";
import { modeWords, retryWords, secondsInWords } from "@/features/workflows/model/words";
import type { Workflow } from "@/features/workflows/model/workflow";
import { Fact, Facts } from "@/shared/ui/facts";
import { Surface } from "@/shared/ui/surface";

const shownOfHash = 12;

interface WorkflowFactsProps {
  workflow: Workflow;
  /** What the permission is called that running it takes. */
  permissionName: string;
}

/** What the author declared, and which version of the file is live. */
export function WorkflowFacts({ workflow, permissionName }: WorkflowFactsProps) {
  const { contentHash = "", sourceFile = "" } = workflow;
  return (
    <Surface p="md">
      <Facts>
      <Fact name="Category">{categoryOf(workflow)}</Fact>
      <Fact name="Tags">
        <TagList tags={workflow.tags ?? []} />
      </Fact>
      <Fact name="Runs">{modeWords(workflow)}</Fact>
      <Fact name="Stopped after">{secondsInWords(workflow.timeoutSeconds ?? 300)}</Fact>
      <Fact name="When it fails">{retryWords(workflow)}</Fact>
      <Fact name="Organization">{workflow.requiresOrg === false ? "Not needed" : "Needed"}</Fact>
      <Fact name="Permission">{permissionName}</Fact>
      <Fact name="Source file">
        <Text span fz="xs" ff="monospace">
          {sourceFile || "–"}
        </Text>
      </Fact>
      <Fact name="Version">
        <Text span inherit ff="monospace" title={contentHash}>
          {contentHash.slice(0, shownOfHash) || "–"}
        </Text>
      </Fact>
      </Facts>
    </Surface>
  );
}
