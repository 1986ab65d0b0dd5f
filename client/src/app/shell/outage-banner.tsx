import { Box, Text } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import type { ServiceName } from "@/api/http";
import type { Trouble } from "@/shared/health/api";
import { healthQuery } from "@/shared/health/api";
import { Notice } from "@/shared/ui/notice";

const effects: Record<ServiceName, string> = {
  "management-api": "Forms, executions and settings may not load.",
  "workflow-engine": "Forms cannot be run, and options of fields may not load.",
};

const names: Record<ServiceName, string> = {
  "management-api": "The management service",
  "workflow-engine": "The workflow engine",
};

function sentence({ service, kind, detail }: Trouble): string {
  const what = kind === "down" ? "does not answer" : "works only in part";
  return `${names[service]} ${what}${detail === null ? "" : ` (${detail})`}. ${effects[service]}`;
}

/** Tells that a service is away, what that means, and that nothing is lost. */
export function OutageBanner() {
  const { online } = useNetwork();
  const management = useQuery(healthQuery("management-api"));
  const engine = useQuery(healthQuery("workflow-engine"));
  const troubles = [management.data, engine.data].filter((trouble) => trouble !== null && trouble !== undefined);
  if (online && troubles.length === 0) {
    return null;
  }
  return (
    <Box mb="md">
      <Notice
        tone="warning"
        announce="status"
        title={online ? "Part of the platform is not available" : "You are offline"}
      >
        {online ? (
          troubles.map((trouble) => (
            <Text size="sm" key={trouble.service}>
              {sentence(trouble)}
            </Text>
          ))
        ) : (
          <Text size="sm">The connection to the network is gone.</Text>
        )}
        <Text size="sm">What you typed is kept. We keep trying, and this message goes when all is well again.</Text>
      </Notice>
    </Box>
  );
}
