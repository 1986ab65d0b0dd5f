import { Text } from "@mantine/core";

import type { Profile } from "@/features/profile/api";
import { Fact, Facts } from "@/shared/ui/facts";
import { Surface } from "@/shared/ui/surface";
import { Time } from "@/shared/ui/time";

/** Who somebody is to the platform. */
export function ProfileFacts({ profile: { user, isAdmin } }: { profile: Profile }) {
  const isMsp = user.userType === "MSP";
  return (
    <Surface p="md">
      <Facts>
      <Fact name="Name">{user.displayName || "–"}</Fact>
      <Fact name="E-mail">{user.email || "–"}</Fact>
      <Fact name="Type">{isMsp ? "MSP" : "Client user"}</Fact>
      {isMsp && <Fact name="Admin">{isAdmin ? "Yes, may do everything" : "No"}</Fact>}
      <Fact name="First sign-in">
        <Time value={user.createdAt} />
      </Fact>
      <Fact name="Last sign-in">
        <Time value={user.lastLogin} />
      </Fact>
      <Fact name="User id" isWide>
        <Text span inherit ff="monospace" fz="xs">
          {user.id}
        </Text>
      </Fact>
      </Facts>
    </Surface>
  );
}
