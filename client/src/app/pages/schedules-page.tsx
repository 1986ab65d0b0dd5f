import { Button, Group, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { LastRun } from "@/app/pages/last-run";
import { NeedsAdmin } from "@/app/pages/organization-rights";
import type { Schedule } from "@/features/schedules/api";
import { allSchedules, schedulesQuery } from "@/features/schedules/api";
import { SchedulesTable } from "@/features/schedules/components/schedules-table";
import { isOfKind, matchesSchedule, scheduleKinds } from "@/features/schedules/model/kinds";
import { EmptyState } from "@/shared/ui/empty-state";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { SearchInput } from "@/shared/ui/search-input";
import { useUrlFilters } from "@/shared/ui/use-url-filters";

function Schedules({ schedules }: { schedules: readonly Schedule[] }) {
  const [{ q, show }, set] = useUrlFilters("q", "show");
  const found = schedules.filter((one) => isOfKind(one, show) && matchesSchedule(one, q));
  if (schedules.length === 0) {
    return (
      <EmptyState title="Nothing runs by itself">
        A workflow gets a schedule in its code, for all organizations, for those with certain tags, or for none.
      </EmptyState>
    );
  }
  return (
    <>
      <Group>
        <SearchInput label="Search schedules" value={q} onChange={(value) => set({ q: value })} />
        <SegmentedControl
          aria-label="Which schedules"
          value={show}
          onChange={(value) => set({ show: value })}
          data={scheduleKinds}
        />
      </Group>
      {found.length === 0 ? (
        <EmptyState
          title={show === "gaps" && q === "" ? "All ran as expected" : "No schedule matches"}
          action={
            <Button variant="default" onClick={() => set({ q: "", show: "" })}>
              Show all schedules
            </Button>
          }
        >
          {show === "gaps" && q === ""
            ? "In the last 7 days nothing that was due was missed."
            : "The search looks at workflows, schedules and organizations."}
        </EmptyState>
      ) : (
        <SchedulesTable schedules={found} lastRun={(schedule) => <LastRun schedule={schedule} />} />
      )}
    </>
  );
}

function AllSchedules() {
  const query = useQuery(schedulesQuery(allSchedules));
  return (
    <QueryView query={query} what="the schedules" rows={6}>
      {(schedules) => <Schedules schedules={schedules} />}
    </QueryView>
  );
}

/** What runs by itself, over all organizations. */
export function SchedulesPage() {
  return (
    <Page title="Schedules" description="What runs by itself, for every organization: what is ahead, and what ran.">
      <NeedsAdmin what="The schedules of all organizations">
        <AllSchedules />
      </NeedsAdmin>
    </Page>
  );
}
