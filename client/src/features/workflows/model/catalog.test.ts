import { expect, it } from "vitest";

import { byName, categoriesOf, filterWorkflows, tagsOf } from "@/features/workflows/model/catalog";
import type { Workflow } from "@/features/workflows/model/workflow";

const workflows: Workflow[] = [
  { name: "onboard_user", description: "Create a user.", category: "People", tags: ["m365", "halopsa"] },
  { name: "licence_report", description: "Licences in use.", category: "Reports", tags: ["m365"] },
  { name: "old_thing" },
];
const found = (change: Partial<Record<"search" | "category" | "tag", string>>) =>
  filterWorkflows(workflows, { search: "", category: "", tag: "", ...change }).map(({ name }) => name);

it("finds all without a filter", () => {
  expect(found({})).toHaveLength(3);
});

it.each([
  ["onboard user", ["onboard_user"]],
  ["ONBOARD_USER", ["onboard_user"]],
  ["m365", ["onboard_user", "licence_report"]],
  ["m365 report", ["licence_report"]],
  ["  licence ", ["licence_report"]],
  ["general", ["old_thing"]],
  ["nowhere", []],
])("searches “%s” in names, descriptions, categories and tags", (search, names) => {
  expect(found({ search })).toEqual(names);
});

it("narrows down by category and tag at once", () => {
  expect(found({ category: "People", tag: "m365" })).toEqual(["onboard_user"]);
  expect(found({ category: "Reports", tag: "halopsa" })).toEqual([]);
});

it("offers each category and tag once, by name", () => {
  expect(categoriesOf(workflows)).toEqual(["General", "People", "Reports"]);
  expect(tagsOf(workflows)).toEqual(["halopsa", "m365"]);
  expect(byName(workflows).map(({ name }) => name)).toEqual(["licence_report", "old_thing", "onboard_user"]);
});
