import { expect, it } from "vitest";

import type { DraftWords } from "@/shared/drafts/three-way";
import { changedFields, conflictsOf, rebased } from "@/shared/drafts/three-way";

interface Draft {
  name: string;
  tags: string[];
}

const words: DraftWords<Draft> = {
  names: { name: "Name", tags: "Tags" },
  text: (draft, field) => (field === "tags" ? [...draft.tags].sort().join(", ") : draft.name.trim()),
};
const before = { name: "Contoso", tags: ["gold", "uk"] };

it("sees only what reads differently", () => {
  expect(changedFields(words, before, { name: " Contoso ", tags: ["uk", "gold"] })).toEqual(new Set());
  expect(changedFields(words, before, { ...before, tags: [] })).toEqual(new Set(["tags"]));
});

it("sets their change beside yours only where both differ", () => {
  const theirs = { name: "Contoso plc", tags: [] };
  expect(conflictsOf(words, before, theirs, { name: "Contoso Ltd", tags: ["gold"] })).toEqual([
    { label: "Name", theirs: "Contoso plc", yours: "Contoso Ltd" },
    { label: "Tags", theirs: "", yours: "gold" },
  ]);
  expect(conflictsOf(words, before, theirs, theirs)).toEqual([]);
});

it("keeps what was typed and takes the rest from them", () => {
  expect(rebased(words, before, { name: "Contoso plc", tags: [] }, { ...before, name: "Contoso Ltd" })).toEqual({
    name: "Contoso Ltd",
    tags: [],
  });
});
