import { expect, it } from "vitest";

import { changeOf, tidyTag } from "@/features/organizations/model/draft";

const before = { name: "Contoso", tenantId: "a0", tags: ["gold", "uk"] };

it("sends only what was changed", () => {
  expect(changeOf(before, { ...before, name: " Contoso Ltd " })).toEqual({ name: "Contoso Ltd" });
  expect(changeOf(before, { ...before, tags: ["uk", "gold"] })).toEqual({});
});

it("takes the link away where the tenant id was emptied", () => {
  expect(changeOf(before, { ...before, tenantId: "  " })).toEqual({ tenantId: null });
});

it.each([
  ["Gold Support", "gold-support"],
  [" uk_north ", "uk-north"],
])("writes the tag %j as the API keeps it", (typed, tag) => {
  expect(tidyTag(typed)).toBe(tag);
});
