import { useQuery } from "@tanstack/react-query";

import { HomePart } from "@/app/pages/home-part";
import { engineHealthQuery, managementHealthQuery, metricsQuery } from "@/features/metrics/api";
import { HealthSummary } from "@/features/metrics/components/health-summary";

/** How the platform is, for those who look after it. */
export function HomeHealth() {
  const management = useQuery(managementHealthQuery);
  const engine = useQuery(engineHealthQuery);
  const metrics = useQuery(metricsQuery("24h"));
  return (
    <HomePart title="Health" link={{ to: "/health", label: "Services and metrics" }}>
      <HealthSummary
        services={[
          { name: "Management service", health: management.data, isAway: management.isError },
          { name: "Workflow engine", health: engine.data, isAway: engine.isError },
        ]}
        metrics={metrics.data}
      />
    </HomePart>
  );
}
