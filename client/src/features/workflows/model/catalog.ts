import type { Workflow } from "@/features/workflows/model/workflow";

export interface CatalogFilter {
  search: string;
  category: string;
  tag: string;
}

export function byName<T extends { name: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.name.localeCompare(b.name));
}

export function categoryOf({ category }: { category?: string }): string {
  return category === undefined || category === "" ? "General" : category;
}

/** Every word of a search has to be somewhere in the name, the description, the category or the tags. */
export function matches(text: string, search: string): boolean {
  const found = text.toLocaleLowerCase();
  return search
    .toLocaleLowerCase()
    .split(/[\s_]+/)
    .every((word) => found.includes(word));
}

export function filterWorkflows(workflows: readonly Workflow[], { search, category, tag }: CatalogFilter): Workflow[] {
  return workflows.filter(
    (workflow) =>
      (category === "" || categoryOf(workflow) === category) &&
      (tag === "" || (workflow.tags ?? []).includes(tag)) &&
      matches([workflow.name, workflow.description, categoryOf(workflow), ...(workflow.tags ?? [])].join(" "), search),
  );
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)].sort((a, b) => a.localeCompare(b));
}

export function categoriesOf(workflows: readonly Workflow[]): string[] {
  return distinct(workflows.map(categoryOf));
}

export function tagsOf(workflows: readonly Workflow[]): string[] {
  return distinct(workflows.flatMap((workflow) => workflow.tags ?? []));
}
