import { expect, it } from "vitest";

import { filterQuery, isFiltered, noFilters, readFilters } from "@/features/executions/model/filters";

it("reads what an address says", () => {
  const filters = readFilters(new URLSearchParams("status=Failed&workflow=onboard_user&from=2026-03-01&org=x"));
  expect(filters).toEqual({ ...noFilters, status: "Failed", workflow: "onboard_user", from: "2026-03-01" });
  expect(isFiltered(filters)).toBe(true);
});

it("ignores what no list can be narrowed to", () => {
  const filters = readFilters(new URLSearchParams("status=toString&trigger=mail&from=yesterday&to="));
  expect(filters).toEqual(noFilters);
  expect(isFiltered(filters)).toBe(false);
});

it("asks for whole days of the reader's zone", () => {
  const query = filterQuery({ ...noFilters, from: "2026-03-01", to: "2026-03-02" });
  const from = new Date(String(query.from)).getTime();
  expect(from).toBe(new Date("2026-03-01T00:00:00").getTime());
  expect(new Date(String(query.to)).getTime() - from).toBe(2 * 24 * 3_600_000 - 1);
});

it("asks for no day that does not exist, and leaves out what is not given", () => {
  expect(filterQuery({ ...noFilters, from: "2026-13-45" })).toEqual({});
});
