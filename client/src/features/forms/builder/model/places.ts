import type { DraftField } from "@/features/forms/builder/model/draft";
import { fieldTypes, hasValue, isChoice } from "@/features/forms/builder/model/field-types";
import { formOwner } from "@/features/forms/builder/model/problems";
import { defaultKind } from "@/features/forms/builder/model/value-kinds";

const ofForms = ["name", "description", "linkedWorkflow"];
const ofSections = ["name", "title", "description"];
const ofFields = ["name", "label", "type"];
const ofChoices = /^(options(\[\d+\]\.(label|value))?|dataProvider|dataProviderInputs\.\w+)$/;
const ofFiles = /^(accept.*|maxSizeBytes)$/;

/** Whether a message about a property shows at an input of its own. */
export function hasPlace(owner: string, field: DraftField | undefined, property: string): boolean {
  if (field === undefined) {
    return (owner === formOwner ? ofForms : ofSections).includes(property);
  }
  const [first = "", rule = ""] = property.split(".");
  switch (first) {
    case "validation":
      return fieldTypes[field.type].rules.some((name) => name === rule);
    case "defaultValue":
      return defaultKind(field) !== null;
    case "content":
      return !hasValue(field.type);
    case "helpText":
      return hasValue(field.type);
    case "visibleWhen":
      return rule === "field";
    default:
      return (
        ofFields.includes(property) ||
        (isChoice(field.type) && ofChoices.test(property)) ||
        (field.type === "file" && ofFiles.test(property))
      );
  }
}
