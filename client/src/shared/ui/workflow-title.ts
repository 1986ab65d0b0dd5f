import { withAcronyms } from "@/shared/ui/acronyms";

/** `onboard_user` as people would write it: "Onboard user". */
export function workflowTitle(name: string): string {
  const words = withAcronyms(name.replaceAll(/[_-]+/g, " ").trim());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
