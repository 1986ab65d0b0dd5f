import { expect, it } from "vitest";

import type { GdapCustomer } from "@/features/organizations/api";
import { canImport, matchesCustomer, relationshipState } from "@/features/organizations/model/customers";

const now = new Date("2026-03-01T12:00:00Z");
const endsAt = "2026-03-11T12:00:00Z";

function makeCustomer(change: Partial<GdapCustomer> = {}): GdapCustomer {
  return {
    tenantId: "a0000000-0000-4000-8000-000000000001",
    displayName: "Contoso",
    isActive: true,
    endsAt,
    roles: [],
    relationships: [],
    organizationId: null,
    organizationName: null,
    ...change,
  };
}

it("imports only what is active and not linked yet", () => {
  expect(canImport(makeCustomer())).toBe(true);
  expect(canImport(makeCustomer({ isActive: false }))).toBe(false);
  expect(canImport(makeCustomer({ organizationId: "c0" }))).toBe(false);
});

it.each([
  [makeCustomer(), "warning", "Ends in 10 days"],
  [makeCustomer({ endsAt: "2026-03-02T00:00:00Z" }), "warning", "Ends in 1 day"],
  [makeCustomer({ endsAt: "2027-03-01T12:00:00Z" }), "success", "Ends in 365 days"],
  [makeCustomer({ endsAt: null }), "success", "No end"],
  [makeCustomer({ isActive: false, endsAt: null }), "neutral", "No active relationship"],
  [
    makeCustomer({
      relationships: [{ id: "r", displayName: "r", status: "active", extendsItself: true, endsAt, roles: [] }],
    }),
    "success",
    "Renews itself in 10 days",
  ],
])("says when a relationship ends: %#", (customer, tone, label) => {
  expect(relationshipState(customer, now)).toEqual({ tone, label });
});

it("finds a customer by name or tenant id", () => {
  expect(matchesCustomer(makeCustomer(), " conto")).toBe(true);
  expect(matchesCustomer(makeCustomer(), "a0000000")).toBe(true);
  expect(matchesCustomer(makeCustomer(), "fabrikam")).toBe(false);
});
