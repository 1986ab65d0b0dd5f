import { expect, it } from "vitest";

import { actionTitle, changesOf, namesByTarget, targetName } from "@/features/audit/model/changes";

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
  const none = new Map<string, string>();
  const before = { name: "Old" };
  expect(targetName({ target: "01a2", before, after: { name: "Onboard a user" } }, none)).toBe("Onboard a user");
  expect(targetName({ target: "01a2", before, after: null }, none)).toBe("Old");
  expect(targetName({ target: "01a2", before: null, after: { userId: "x" } }, none)).toBe("01a2");
});

it("takes a name from another entry, and from what is known of now before that", () => {
  const added = { target: "01a2", before: null, after: { formId: "x" } };
  const renamed = { target: "01a2", before: { name: "Old" }, after: { name: "Office" } };
  const created = { target: "01a2", before: null, after: { name: "Old" } };
  expect(targetName(added, namesByTarget([added, renamed, created], []))).toBe("Office");
  expect(targetName(added, namesByTarget([added, renamed], [["01a2", "Office managers"]]))).toBe("Office managers");
});

it("names the role, the person and the form that ids stood for when it was written", () => {
  const known = new Map([["01a2", "Office managers"]]);
  const names = { role: "Office", user: "ada@contoso.example" };
  expect(targetName({ target: "01a2", names, before: null, after: { userId: "x" } }, known)).toBe(
    "Office · ada@contoso.example",
  );
  expect(targetName({ target: "01a2", names: {}, before: null, after: null }, known)).toBe("Office managers");
});
