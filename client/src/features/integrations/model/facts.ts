import type { IntegrationRead } from "@/api/generated/management-api/types.gen";
import type { SettingField } from "@/features/integrations/model/settings";
import { settingText } from "@/features/integrations/model/settings";

/** One setting as a workflow gets it, and where it comes from. */
export interface SettingFact {
  name: string;
  label: string;
  isSecret: boolean;
  value: string;
  origin: "own" | "overrides" | "inherited" | "default";
  /** What all organizations share for it, where an own value hides that. */
  hidden: string;
}

function originOf(own: string, shared: string): SettingFact["origin"] {
  if (own !== "") {
    return shared === "" ? "own" : "overrides";
  }
  return shared === "" ? "default" : "inherited";
}

/** The settings that count, in the order of the schema. */
export function factsOf(fields: readonly SettingField[], entry: IntegrationRead): SettingFact[] {
  return fields
    .map((field) => {
      const own = settingText(entry.settings[field.name]);
      const shared = settingText(entry.sharedSettings?.[field.name]);
      const effective = settingText(entry.effectiveSettings[field.name]);
      return {
        name: field.name,
        label: field.label,
        isSecret: field.kind === "secret",
        value: effective === "" ? settingText(field.defaultValue) : effective,
        origin: originOf(own, effective === "" ? "" : shared),
        hidden: own === "" ? "" : shared,
      };
    })
    .filter(({ value }) => value !== "");
}
