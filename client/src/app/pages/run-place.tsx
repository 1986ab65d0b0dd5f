import { SegmentedControl } from "@mantine/core";

import { globalOrganization } from "@/features/executions/api";
import type { Workflow } from "@/features/workflows/model/workflow";
import { useMe, useOrganization } from "@/shared/session/session-context";
import { useUrlFilters } from "@/shared/ui/use-url-filters";

const withoutOne = "global";

/** Where a workflow is run: in the organization chosen at the top, or without any. */
export interface RunPlace {
  /** Null without an organization. */
  organizationId: string | null;
  /** Under which id its executions are found. */
  recordedAs: string;
  name: string;
  /** Whether this person may choose between the two. */
  canChoose: boolean;
  choose: (isWithoutOne: boolean) => void;
}

/** The place that the address names; only an admin may run without an organization, and only what needs none. */
export function useRunPlace(workflow: Workflow): RunPlace {
  const me = useMe();
  const organization = useOrganization();
  const [{ of }, set] = useUrlFilters("of", "execution");
  const canChoose = me.isAdmin && workflow.requiresOrg === false;
  const isWithoutOne = canChoose && of === withoutOne;
  return {
    organizationId: isWithoutOne ? null : organization.id,
    recordedAs: isWithoutOne ? globalOrganization : organization.id,
    name: isWithoutOne ? "no organization" : organization.name,
    canChoose,
    // What was started in one place is not to be found in the other.
    choose: (next) => set({ of: next ? withoutOne : "", execution: "" }),
  };
}

/** Chooses between the organization at the top and none. */
export function RunPlaceControl({ place, onChoose }: { place: RunPlace; onChoose: () => void }) {
  const organization = useOrganization();
  return (
    <SegmentedControl
      aria-label="Run for"
      value={place.organizationId === null ? withoutOne : "here"}
      onChange={(value) => {
        place.choose(value === withoutOne);
        onChoose();
      }}
      data={[
        { value: "here", label: organization.name },
        { value: withoutOne, label: "No organization" },
      ]}
    />
  );
}
