import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { MyPermissions } from "@/features/permissions/components/my-permissions";
import type { Profile } from "@/features/profile/api";
import { profileQuery } from "@/features/profile/api";
import { ProfileFacts } from "@/features/profile/components/profile-facts";
import { RoleList } from "@/features/profile/components/role-list";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";

function Permissions({ organizations, isAdmin }: Profile) {
  const sorted = organizations.toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <Stack gap="xs" component="section" aria-label="Organizations">
      <Title order={2}>Organizations</Title>
      {isAdmin ? (
        <Text c="dimmed">As an admin you may do everything, in every organization.</Text>
      ) : sorted.length === 0 ? (
        <Text c="dimmed">You have no permissions in an organization yet. Ask an administrator of the platform.</Text>
      ) : (
        <>
          <MyPermissions organizations={sorted} />
          <Text c="dimmed">
            Ask an administrator of the platform for others. What changes counts from your next request on, without
            signing in again.
          </Text>
        </>
      )}
    </Stack>
  );
}

/** A client user is in one organization, and their roles say which forms they may run. */
function Membership({ organizations, roles }: Profile) {
  const names = organizations.map(({ name }) => name).join(", ");
  return (
    <>
      <Stack gap="xs" component="section" aria-label="Organization">
        <Title order={2}>Organization</Title>
        <Text>{names || "None: your organization is not active."}</Text>
      </Stack>
      <Stack gap="xs" component="section" aria-label="Roles">
        <Title order={2}>Roles</Title>
        <RoleList roles={roles} />
      </Stack>
    </>
  );
}

/** The signed-in person: who they are here, and what they may do where. */
export function ProfilePage() {
  const query = useQuery(profileQuery);
  return (
    <Page title="My profile" description="Your name and address come from your Microsoft account.">
      <QueryView query={query} what="your profile" rows={4}>
        {(profile) => (
          <Stack gap="xl">
            <ProfileFacts profile={profile} />
            {profile.user.userType === "MSP" ? <Permissions {...profile} /> : <Membership {...profile} />}
          </Stack>
        )}
      </QueryView>
    </Page>
  );
}
