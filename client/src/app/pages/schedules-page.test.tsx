import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import { SchedulesPage } from "@/app/pages/schedules-page";
import { renderAt, technician } from "@/app/pages/testing";
import type { Schedule } from "@/features/schedules/api";
import { contoso } from "@/testing/data";
import { managementUrl, server } from "@/testing/server";

const none = { countedSince: "2026-03-01T00:00:00Z", expected: 0, fired: 0, skipped: 0, missed: 0, failed: 0, overdue: 0 };

function makeSchedule(change: Partial<Schedule>): Schedule {
  return {
    workflowName: "licence_report",
    scheduleName: "weekly",
    organizationId: contoso,
    organizationName: "Contoso",
    cron: "0 6 * * 1",
    timezone: "Europe/Berlin",
    description: "At 06:00 on Monday",
    overlap: "skip",
    isEnabled: true,
    nextRuns: [{ at: "2026-03-09T05:00:00Z", local: "2026-03-09T06:00:00+01:00" }],
    lastRun: null,
    lastDay: { ...none, expected: 2, fired: 1, missed: 1 },
    lastWeek: { ...none, expected: 2, fired: 1, missed: 1 },
    etag: null,
    ...change,
  };
}

const sweep = makeSchedule({
  workflowName: "sweep",
  scheduleName: "nightly",
  organizationId: "GLOBAL",
  organizationName: null,
  lastDay: { ...none, expected: 1, fired: 1 },
  lastWeek: { ...none, expected: 7, fired: 7 },
  lastRun: { executionId: "run-1", dueAt: "2026-03-02T01:00:00Z", startedAt: "2026-03-02T01:00:00Z", status: "Failed" },
});

let asked: (string | null)[] = [];

beforeEach(() => {
  asked = [];
  server.use(
    http.get(`${managementUrl}/api/schedules`, ({ request }) => {
      asked.push(request.headers.get("x-organization-id"));
      return HttpResponse.json([makeSchedule({}), sweep]);
    }),
  );
});

const open = (search = "", isAdmin = true) =>
  renderAt(<SchedulesPage />, { route: "/schedules", path: `/schedules${search}`, me: { ...technician, isAdmin } });

it("shows for all organizations, and for none, what is ahead and what ran of what was due", async () => {
  open();
  const report = within(await screen.findByRole("row", { name: /^Licence report/ }));
  expect(report.getByText("1 of 2 ran, 1 missed", { selector: "td > *" })).toBeVisible();
  expect(report.getByRole("link", { name: "Contoso" })).toHaveAttribute(
    "href",
    `/organizations/${contoso}/schedules?org=${contoso}`,
  );
  const night = within(screen.getByRole("row", { name: /^Sweep/ }));
  expect(night.getByText("No organization")).toBeVisible();
  expect(night.getByText("Failed")).toBeVisible();
  expect(night.getByRole("link")).toHaveAttribute("href", "/executions/run-1?of=global");
  expect(asked).toEqual(["*"]);
});

it("switches one that runs without an organization, and shows what became of its times", async () => {
  const sent: unknown[] = [];
  server.use(
    http.put(`${managementUrl}/api/schedules/sweep/nightly`, async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({});
    }),
    http.get(`${managementUrl}/api/schedules/slots`, ({ request }) =>
      HttpResponse.json(
        request.headers.get("x-organization-id") === "GLOBAL"
          ? [{ ...sweep, dueAt: "2026-03-02T01:00:00Z", state: "fired", executionId: "run-1", missedSince: null, count: 1 }]
          : [],
      ),
    ),
  );
  open();
  await userEvent.click(await screen.findByRole("switch", { name: "Run Sweep, nightly, without an organization" }));
  await waitFor(() => expect(sent).toEqual([{ isEnabled: false }]));
  await userEvent.click(screen.getByRole("button", { name: /^Recent times: Sweep/ }));
  expect(await screen.findByRole("link", { name: "Open the execution" })).toHaveAttribute(
    "href",
    "/executions/run-1?of=global",
  );
});

it("narrows to those that did not run as expected, and searches", async () => {
  const { router } = open("?show=gaps");
  expect(await screen.findByRole("row", { name: /^Licence report/ })).toBeVisible();
  expect(screen.queryByRole("row", { name: /^Sweep/ })).not.toBeInTheDocument();
  await userEvent.type(screen.getByRole("searchbox"), "fabrikam");
  expect(await screen.findByText("No schedule matches")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Show all schedules" }));
  expect(router.state.location.search).toBe("");
  expect(screen.getByRole("row", { name: /^Sweep/ })).toBeVisible();
});

it("is for admins", async () => {
  open("", false);
  expect(await screen.findByText("The schedules of all organizations are for admins only.")).toBeVisible();
  expect(asked).toEqual([]);
});
