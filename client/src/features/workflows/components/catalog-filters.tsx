import { Group, Select } from "@mantine/core";

import { SearchInput } from "@/shared/ui/search-input";

interface CatalogFiltersProps {
  search: string;
  onSearch: (value: string) => void;
  category: string;
  onCategory: (value: string) => void;
  categories: readonly string[];
  tag: string;
  onTag: (value: string) => void;
  tags: readonly string[];
}

/** Narrows the catalog down. */
export function CatalogFilters(props: CatalogFiltersProps) {
  return (
    <Group gap="sm" align="flex-end">
      <SearchInput label="Search workflows" value={props.search} onChange={props.onSearch} />
      <Select
        aria-label="Category"
        placeholder="All categories"
        clearable
        clearButtonProps={{ "aria-label": "Clear the category" }}
        data={props.categories}
        value={props.category || null}
        onChange={(value) => props.onCategory(value ?? "")}
      />
      <Select
        aria-label="Tag"
        placeholder="All tags"
        clearable
        clearButtonProps={{ "aria-label": "Clear the tag" }}
        searchable
        data={props.tags}
        value={props.tag || null}
        onChange={(value) => props.onTag(value ?? "")}
      />
    </Group>
  );
}
