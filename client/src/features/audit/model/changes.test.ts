import { expect, it } from "vitest";

import { actionTitle, changesOf, targetName } from "@/features/audit/model/changes";

it("shows only what differs", () => {
  expect(changesOf({ name: "Contoso", isActive: true }, { name: "Contoso", isActive: false })).toEqual([
    { field: "isActive", before: "true", after: "false" },
  ]);
});

it("shows all of what is new and all of what is gone", () => {
  expect(changesOf(null, { name: "Contoso", tags: ["gold"] })).toEqual([
    { field: "name", before: null, after: "Contoso" },
    { field: "tags", before: null, after: '["gold"]' },
  ]);
  expect(changesOf({ name: "Contoso" }, null)).toEqual([{ field: "name", before: "Contoso", after: null }]);
});

it("names actions in words", () => {
  expect(actionTitle("form.updated")).toBe("Form changed");
  expect(actionTitle("role_user.added")).toBe("Role user added");
  expect(actionTitle("role.formAdded")).toBe("Form added to a role");
  expect(actionTitle("webhook.keyRotated")).toBe("Webhook key rotated");
  expect(actionTitle("permission.revoked")).toBe("Permission revoked");
});

it("names what was changed by its name, and by its id where it has none", () => {
  expect(targetName({ target: "01a2", before: { name: "Old" }, after: { name: "Onboard a user" } })).toBe(
    "Onboard a user",
  );
  expect(targetName({ target: "01a2", before: { name: "Old" }, after: null })).toBe("Old");
  expect(targetName({ target: "01a2", before: null, after: { userId: "x" } })).toBe("01a2");
});

it("names the role, the person and the form that ids stood for", () => {
  const names = { role: "Office", user: "ada@contoso.example" };
  expect(targetName({ target: "01a2", names, after: { userId: "x" } })).toBe("Office · ada@contoso.example");
  expect(targetName({ target: "01a2", names: {} })).toBe("01a2");
});
