import { expect, it } from "vitest";

import { withAcronyms } from "@/shared/ui/acronyms";
import { workflowTitle } from "@/shared/ui/workflow-title";

it("writes abbreviations as everybody does, and only whole words", () => {
  expect(withAcronyms("reset mfa")).toBe("reset MFA");
  expect(workflowTitle("import_users_from_csv")).toBe("Import users from CSV");
  expect(workflowTitle("gdap_expiry")).toBe("GDAP expiry");
  expect(workflowTitle("grips_review")).toBe("Grips review");
});
