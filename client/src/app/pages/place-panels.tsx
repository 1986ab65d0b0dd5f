import { useQuery } from "@tanstack/react-query";

import { ConfigPanel } from "@/features/configuration/components/config-panel";
import { IntegrationsPanel } from "@/features/integrations/components/integrations-panel";
import { secretsQuery } from "@/features/secrets/api";
import { SecretsPanel } from "@/features/secrets/components/secrets-panel";
import { useMe } from "@/shared/session/session-context";
import type { SecretNames } from "@/shared/ui/secret-name-input";

/** One organization's id; null for what all organizations share. */
interface PlaceProps {
  place: string | null;
}

/** The names that secrets can be chosen by; only admins see them. */
function useSecretNames(place: string | null): SecretNames {
  const { isAdmin } = useMe();
  const { data } = useQuery({ ...secretsQuery(place), enabled: isAdmin });
  return data?.map(({ name }) => name) ?? null;
}

function useOrganizationNames(): ReadonlyMap<string, string> {
  return new Map(useMe().organizations.map(({ id, name }) => [id, name]));
}

/** The configuration of a place. */
export function PlaceConfiguration({ place }: PlaceProps) {
  return (
    <ConfigPanel place={place} secretNames={useSecretNames(place)} organizationNames={useOrganizationNames()} />
  );
}

/** The secrets of a place. */
export function PlaceSecrets({ place }: PlaceProps) {
  return <SecretsPanel place={place} organizationNames={useOrganizationNames()} />;
}

/** The integrations of a place. */
export function PlaceIntegrations({ place }: PlaceProps) {
  const { isAdmin } = useMe();
  return <IntegrationsPanel place={place} secretNames={useSecretNames(place)} isAdmin={isAdmin} />;
}
