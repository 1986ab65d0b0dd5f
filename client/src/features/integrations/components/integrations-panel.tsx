import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Place } from "@/features/integrations/api";
import { integrationsQuery, integrationTypesQuery } from "@/features/integrations/api";
import { IntegrationView } from "@/features/integrations/components/integration-view";
import { QueryView } from "@/shared/ui/query-view";
import type { SecretNames } from "@/shared/ui/secret-name-input";

interface IntegrationsPanelProps {
  /** Null for what all organizations share. */
  place: Place;
  secretNames: SecretNames;
  isAdmin: boolean;
}

/** Every kind of integration, set up here, inherited or not at all. */
export function IntegrationsPanel({ place, secretNames, isAdmin }: IntegrationsPanelProps) {
  const types = useQuery(integrationTypesQuery);
  const integrations = useQuery(integrationsQuery(place));
  return (
    <Stack>
      <QueryView query={types} what="the kinds of integrations" rows={2} rowHeight={140}>
        {(known) => (
          <QueryView query={integrations} what="the integrations" rows={2} rowHeight={140}>
            {(entries) =>
              known.map((type) => (
                <IntegrationView
                  key={type.type}
                  place={place}
                  type={type}
                  entry={entries.find((one) => one.type === type.type)}
                  isAdmin={isAdmin}
                  secretNames={secretNames}
                />
              ))
            }
          </QueryView>
        )}
      </QueryView>
    </Stack>
  );
}
