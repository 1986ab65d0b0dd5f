import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it, vi } from "vitest";

import { CancelButton } from "@/features/executions/components/cancel-button";
import { ResultView } from "@/features/executions/components/result-view";
import { TimelineView } from "@/features/executions/components/timeline-view";
import { ExecutionScopeContext } from "@/features/executions/hooks/execution-scope";
import { contoso, makeExecution } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { engineUrl, managementUrl, server } from "@/testing/server";

const scope = { organizationId: contoso, executionId: "execution-1" };
const running = makeExecution({ status: "Running", durationMs: null, completedAt: null });

function renderValue(value: unknown) {
  renderPage(
    <ExecutionScopeContext value={scope}>
      <ResultView value={value} label="Result" />
    </ExecutionScopeContext>,
  );
  return userEvent.setup();
}

/** What the browser is handed to save. */
function catchDownloads(): { name: string; content: Blob }[] {
  const saved: { name: string; content: Blob }[] = [];
  const contents: Blob[] = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((content) => {
    contents.push(content as Blob);
    return "blob:content";
  });
  vi.spyOn(window.HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    const content = contents.at(-1);
    if (content !== undefined) {
      saved.push({ name: this.download, content });
    }
  });
  return saved;
}

const report = { file: { fileId: "f1", name: "report.csv", contentType: "text/csv", sizeBytes: 2048 } };

it("downloads a file with the token of whoever reads", async () => {
  const saved = catchDownloads();
  let authorization: string | null = null;
  server.use(
    http.get(`${engineUrl}/api/executions/execution-1/files/f1`, ({ request }) => {
      authorization = request.headers.get("authorization");
      return new HttpResponse("a,b", { headers: { "Content-Type": "text/csv" } });
    }),
  );
  const user = renderValue({ rows: 3, report });
  expect(screen.getByText("2.0 KB")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Download report.csv" }));
  await waitFor(() => expect(saved.map(({ name }) => name)).toEqual(["report.csv"]));
  expect(authorization).toBe("Bearer token");
});

it("says when a file could not be downloaded", async () => {
  server.use(
    http.get(`${engineUrl}/api/executions/execution-1/files/f1`, () => HttpResponse.json({}, { status: 404 })),
  );
  const user = renderValue(report);
  await user.click(screen.getByRole("button", { name: "Download report.csv" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The file could not be downloaded.");
});

it("shows how a value that was cut begins, and all of it on demand", async () => {
  server.use(
    http.get(`${managementUrl}/api/executions/execution-1/values/result-1-1`, () =>
      HttpResponse.json([{ user: "ada" }, { user: "bob" }]),
    ),
  );
  const user = renderValue({ truncated: true, bytes: 90_000, start: '[{"user": "ada"', fullValue: "result-1-1" });
  expect(screen.getByText(/The beginning of 88 KB/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show all of Result" }));
  expect(await screen.findByRole("cell", { name: "bob" })).toBeVisible();
});

it("says when the rest of a value was not kept", () => {
  renderValue({ truncated: true, bytes: 90_000, start: "abc", fullValue: null });
  expect(screen.getByText(/the rest was too much to keep/)).toBeVisible();
  expect(screen.queryByRole("button", { name: /Show all/ })).not.toBeInTheDocument();
});

it("saves a table as CSV and as JSON", async () => {
  const saved = catchDownloads();
  const user = renderValue([{ user: "ada", seats: 2 }]);
  await user.click(screen.getByRole("button", { name: "Download Result as CSV" }));
  await user.click(screen.getByRole("button", { name: "Download Result as JSON" }));
  expect(saved.map(({ name }) => name)).toEqual(["result.csv", "result.json"]);
  expect(await saved[0]?.content.text()).toContain("user,seats\r\nada,2");
  expect(JSON.parse((await saved[1]?.content.text()) ?? "")).toEqual([{ user: "ada", seats: 2 }]);
});

it("asks before it stops what is running, and says what stays done", async () => {
  let asked = 0;
  server.use(
    http.post(`${engineUrl}/api/executions/execution-1/cancel`, () => {
      asked += 1;
      return HttpResponse.json(running, { status: 202 });
    }),
  );
  renderPage(<CancelButton execution={running} organizationId={contoso} status="Running" />);
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(await screen.findByText(/What it has done already stays done/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Let it go on" }));
  expect(asked).toBe(0);
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  await user.click(await screen.findByRole("button", { name: "Cancel the execution" }));
  expect(await screen.findByRole("button", { name: "Cancelling…" })).toBeDisabled();
  expect(asked).toBe(1);
});

it("keeps the question open with the reason when it has ended meanwhile", async () => {
  server.use(
    http.post(`${engineUrl}/api/executions/execution-1/cancel`, () =>
      HttpResponse.json(
        { error: "ExecutionEnded", message: "This execution has ended already: Success.", details: {} },
        { status: 409 },
      ),
    ),
  );
  renderPage(<CancelButton execution={running} organizationId={contoso} status="Running" />);
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await user.click(await screen.findByRole("button", { name: "Cancel the execution" }));
  expect(await screen.findByText("This execution has ended already: Success.")).toBeVisible();
});

it("lists attempts and when the next one begins", () => {
  const attempts = [
    {
      number: 1,
      startedAt: "2026-03-01T09:00:00Z",
      endedAt: "2026-03-01T09:00:30Z",
      reason: "error" as const,
      error: { type: "IntegrationError", message: "Graph is away." },
    },
  ];
  const waiting = { ...running, status: "Pending" as const, attempts, nextAttemptAt: "2026-03-01T09:05:00Z" };
  renderPage(<TimelineView execution={waiting} />);
  const events = screen.getAllByRole("listitem").map((item) => item.textContent);
  expect(events[1]).toContain("Attempt 1 failed");
  expect(events[1]).toContain("IntegrationError: Graph is away.");
  expect(events[2]).toContain("Attempt 2 begins");
});
