import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { ErrorView } from "@/features/executions/components/error-view";
import { ExecutionPanel } from "@/features/executions/components/execution-panel";
import { inOrderOfConcern } from "@/features/executions/components/recent-executions";
import { ResultView } from "@/features/executions/components/result-view";
import { contoso, makeExecution } from "@/testing/data";
import { renderPage } from "@/testing/render";
import { engineUrl, managementUrl, server } from "@/testing/server";

it("shows a list of objects as a table, and as JSON on demand", async () => {
  renderPage(<ResultView value={[{ skuPartNumber: "SPE_E3", free: 4 }]} label="Result" />);
  const table = screen.getByRole("table");
  expect(within(table).getByRole("columnheader", { name: "SKU part number" })).toBeVisible();
  expect(within(table).getByRole("cell", { name: "4" })).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Show as JSON" }));
  expect(screen.getByText(/"skuPartNumber": "SPE_E3"/)).toBeVisible();
});

it("shows markup in a result as text", () => {
  renderPage(<ResultView value={{ note: "<b>bold</b><script>alert(1)</script>" }} label="Result" />);
  expect(screen.getByText("<b>bold</b><script>alert(1)</script>")).toBeVisible();
});

it("says why an execution failed, what to do, and keeps the traceback folded", () => {
  const error = {
    type: "ConfigurationError",
    message: "The secret graph-client-secret is missing.",
    details: { key: "graph-client-secret", traceback: "Traceback (most recent call last)" },
  };
  renderPage(<ErrorView execution={makeExecution({ status: "Failed", error })} />);
  expect(screen.getByText("Failed: Configuration error")).toBeVisible();
  expect(screen.getByText("The secret graph-client-secret is missing.")).toBeVisible();
  expect(screen.getByText(/Add the missing setting or secret/)).toBeVisible();
  expect(screen.getByText(/Traceback \(most/)).not.toBeVisible();
  expect(screen.getByText("Execution id execution-1")).toBeVisible();
});

it("follows an execution to its end and then shows its result", async () => {
  let hasEnded = false;
  const lines = [{ sequence: 1, timestamp: "2026-03-01T09:00:00Z", level: "info", message: "Creating the user" }];
  server.use(
    http.get(`${managementUrl}/api/executions/execution-1`, () =>
      HttpResponse.json(
        hasEnded
          ? makeExecution({ result: { ticketId: 4711 } })
          : makeExecution({ status: "Running", durationMs: null, completedAt: null }),
      ),
    ),
    http.get(`${engineUrl}/api/executions/execution-1/logs`, ({ request }) => {
      if (new URL(request.url).searchParams.get("after") === "0") {
        const progress = { fraction: 0.5, message: "Half way" };
        return HttpResponse.json({ items: lines, next: 1, done: false, status: "Running", progress });
      }
      if (!hasEnded) {
        hasEnded = true;
        return HttpResponse.json({ items: [], next: 1, done: false, status: "Running", progress: null });
      }
      return HttpResponse.json({ items: [], next: 1, done: true, status: "Success", progress: null });
    }),
  );
  renderPage(<ExecutionPanel organizationId={contoso} executionId="execution-1" onRunAgain={() => undefined} />);
  expect(await screen.findByText("Creating the user")).toBeVisible();
  expect(await screen.findByText("4711")).toBeVisible();
  expect(screen.getByText("Succeeded")).toBeVisible();
  expect(screen.getByRole("button", { name: "Run again" })).toBeVisible();
  expect(screen.getByRole("heading", { name: "Execution" })).toHaveFocus();
});

it("puts the failures of the last day before what is newer", () => {
  const now = new Date("2026-03-02T12:00:00Z");
  const at = (executionId: string, status: "Success" | "Failed", startedAt: string) =>
    makeExecution({ executionId, status, startedAt });
  const listed = inOrderOfConcern(
    [
      at("newest", "Success", "2026-03-02T11:00:00Z"),
      at("failed today", "Failed", "2026-03-02T08:00:00Z"),
      at("failed long ago", "Failed", "2026-02-20T08:00:00Z"),
    ],
    now,
  );
  expect(listed.map((one) => one.executionId)).toEqual(["failed today", "newest", "failed long ago"]);
});
