import { expect, it } from "vitest";

import { matching, standingOf } from "@/features/configuration/model/entries";
import { makeConfig } from "@/testing/settings";

const own = makeConfig({ key: "mail_domain", value: "contoso.example" });
const overriding = makeConfig({ key: "location", value: "DE", overrides: true, globalValue: "GB", globalType: "string" });
const inherited = makeConfig({ key: "seats", description: "Spare Seats", scope: "global", inherited: true, etag: null });
const entries = [own, overriding, inherited];

it("tells own, overriding and inherited values apart", () => {
  expect(entries.map(standingOf)).toEqual(["own", "overrides", "inherited"]);
});

it("finds by key, value, description and by the value that is hidden", () => {
  expect(matching(entries, " MAIL ", "")).toEqual([own]);
  expect(matching(entries, "gb", "")).toEqual([overriding]);
  expect(matching(entries, "spare", "")).toEqual([inherited]);
  expect(matching(entries, "", "")).toEqual(entries);
});

it("narrows to one standing, and takes one it does not know for all", () => {
  expect(matching(entries, "", "inherited")).toEqual([inherited]);
  expect(matching(entries, "", "nonsense")).toEqual(entries);
});
