import { expect, it } from "vitest";

import type { TenantLink } from "@/features/organizations/api";
import { daysUntil, linkState } from "@/features/organizations/model/tenant-link";

const now = new Date("2026-03-01T12:00:00Z");

function makeLink(change: Partial<TenantLink>): TenantLink {
  return { status: "linked", verifiedAt: "2026-02-28T00:00:00Z", reason: null, roles: [], endsAt: null, ...change };
}

it.each([
  ["2026-03-02T11:00:00Z", 1],
  ["2026-03-21T12:00:00Z", 20],
  ["2026-02-01T00:00:00Z", 0],
])("counts the days until %s", (moment, days) => {
  expect(daysUntil(moment, now)).toBe(days);
});

it.each([
  [makeLink({}), "success", "Linked"],
  [makeLink({ verifiedAt: null }), "neutral", "Not verified yet"],
  [makeLink({ status: "notLinked", verifiedAt: null }), "neutral", "Not linked"],
  [makeLink({ status: "failing", reason: "No consent." }), "failure", "Failing"],
  [makeLink({ status: "expiring", endsAt: "2026-03-21T12:00:00Z" }), "warning", "Relationship ends in 20 days"],
  [makeLink({ status: "expiring", endsAt: "2026-03-02T00:00:00Z" }), "warning", "Relationship ends in 1 day"],
  [makeLink({ status: "expiring", endsAt: "2026-02-28T00:00:00Z" }), "warning", "Relationship has ended"],
])("says of a link what it is: %#", (link, tone, label) => {
  expect(linkState(link, now)).toEqual({ tone, label });
});
