import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";

import type { RoleWithMembers } from "@/features/roles/api";
import { setRoleUserMutation } from "@/features/roles/api";
import { MemberList } from "@/features/roles/components/member-list";
import type { User } from "@/features/users/api";
import { usersQuery } from "@/features/users/api";

const nameOf = (user: User) => user.displayName || user.email || user.id;

/** Who has the role. */
export function RolePeople({ role }: { role: RoleWithMembers }) {
  // The MSP's own people get permissions instead.
  const users = useInfiniteQuery(usersQuery("ORG"));
  const set = useMutation(setRoleUserMutation(useQueryClient(), role.id));
  const people = users.data?.pages.flatMap((page) => page.items) ?? [];
  const members = new Set(role.users.map(({ userId }) => userId));
  return (
    <MemberList
      label="People with this role"
      noun="person"
      empty="Nobody has this role yet. People can be added once they have signed in."
      members={role.users.map(({ userId, addedAt }) => {
        const user = people.find(({ id }) => id === userId);
        return { id: userId, name: user ? nameOf(user) : userId, note: user?.email ?? "", addedAt };
      })}
      choices={people
        .filter((user) => !members.has(user.id))
        .map((user) => ({ value: user.id, label: `${nameOf(user)} (${user.email || "no address"})` }))}
      isSaving={set.isPending}
      error={set.error}
      onAdd={(userId) => set.mutate({ userId, isMember: true })}
      onRemove={(userId) => set.mutate({ userId, isMember: false })}
    />
  );
}
