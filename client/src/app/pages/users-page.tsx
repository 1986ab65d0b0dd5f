import { Group, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import type { User } from "@/features/users/api";
import { usersQuery } from "@/features/users/api";
import { UsersTable } from "@/features/users/components/users-table";
import { useMe } from "@/shared/session/session-context";
import { EmptyState } from "@/shared/ui/empty-state";
import { LoadMore } from "@/shared/ui/load-more";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { SearchInput } from "@/shared/ui/search-input";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

function matching(users: readonly User[], search: string): User[] {
  const wanted = search.trim().toLocaleLowerCase();
  return users.filter((user) => `${user.displayName} ${user.email}`.toLocaleLowerCase().includes(wanted));
}

/** Everybody who has signed in. */
export function UsersPage() {
  const me = useMe();
  const [type, setType] = useUrlFilter("type");
  const [search, setSearch] = useUrlFilter("q");
  const query = useInfiniteQuery(usersQuery(type === "MSP" || type === "ORG" ? type : null));
  const organizationNames = new Map(me.organizations.map(({ id, name }) => [id, name]));

  return (
    <Page
      title="Users"
      description="Everybody who has signed in. A new person appears here after their first sign-in."
      actions={<SearchInput label="Search users" value={search} onChange={setSearch} />}
    >
      <Group>
        <SegmentedControl
          aria-label="Type of user"
          value={type}
          onChange={setType}
          data={[
            { value: "", label: "All" },
            { value: "MSP", label: "MSP" },
            { value: "ORG", label: "Clients" },
          ]}
        />
      </Group>
      <QueryView query={query} what="the users" rows={8}>
        {(data) => {
          const users = matching(
            data.pages.flatMap((page) => page.items),
            search,
          );
          return users.length === 0 ? (
            <EmptyState title="Nobody found">
              {search === "" ? "Nobody of this type has signed in yet." : "The search looks at names and addresses."}
            </EmptyState>
          ) : (
            <UsersTable users={users} organizationNames={organizationNames} />
          );
        }}
      </QueryView>
      <LoadMore query={query} />
    </Page>
  );
}
