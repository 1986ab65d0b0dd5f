import { Group, Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { auditQuery } from "@/features/audit/api";
import { AuditTable } from "@/features/audit/components/audit-table";
import { rolesQuery } from "@/features/roles/api";
import { usersQuery } from "@/features/users/api";
import { useMe } from "@/shared/session/session-context";
import { DateInput } from "@/shared/ui/date-input";
import { EmptyState } from "@/shared/ui/empty-state";
import { LoadMore } from "@/shared/ui/load-more";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrlFilter } from "@/shared/ui/use-url-filter";

/** What the log is about; the API takes the beginning of an action's name. */
const things = [
  { value: "organization.", label: "Organizations" },
  { value: "permission.", label: "Permissions" },
  { value: "user.", label: "Users" },
  { value: "role.", label: "Roles" },
  { value: "form.", label: "Forms" },
  { value: "config.", label: "Configuration" },
  { value: "secret.", label: "Secrets" },
  { value: "integration.", label: "Integrations" },
  { value: "schedule.", label: "Schedules" },
  { value: "webhook.", label: "Webhooks" },
];

/** Who changed what, when and from where. */
export function AuditPage() {
  const { organizations } = useMe();
  const [actor, setActor] = useUrlFilter("actor");
  const [action, setAction] = useUrlFilter("action");
  const [organization, setOrganization] = useUrlFilter("about");
  const [from, setFrom] = useUrlFilter("from");
  const [to, setTo] = useUrlFilter("to");
  const query = useInfiniteQuery(auditQuery({ actor, action, organization, from, to }));
  const users = useInfiniteQuery(usersQuery("MSP"));
  const people = (users.data?.pages ?? []).flatMap((page) =>
    page.items.map((user) => ({ value: user.id, label: user.displayName || user.email || user.id })),
  );
  const roles = useInfiniteQuery(rolesQuery);
  const roleNames = (roles.data?.pages ?? []).flatMap((page) => page.items.map(({ id, name }) => [id, name] as const));
  const otherNames = new Map([...people.map(({ value, label }) => [value, label] as const), ...roleNames]);
  const names = new Map(organizations.map(({ id, name }) => [id, name]));
  const isFiltered = [actor, action, organization, from, to].some((value) => value !== "");

  return (
    <Page title="Audit log" description="Every change, newest first. Secrets are named, their values never shown.">
      <Group align="flex-end" gap="sm">
        <Select
          label="Organization"
          placeholder="All"
          clearable
          searchable
          data={[
            { value: "GLOBAL", label: "What all share" },
            ...organizations.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={organization || null}
          onChange={(value) => setOrganization(value ?? "")}
        />
        <Select
          label="About"
          placeholder="Everything"
          clearable
          data={things}
          value={action || null}
          onChange={(value) => setAction(value ?? "")}
        />
        <Select
          label="Person"
          placeholder="Anybody"
          clearable
          searchable
          data={people}
          value={actor || null}
          onChange={(value) => setActor(value ?? "")}
        />
        <DateInput label="From" value={from} onChange={setFrom} />
        <DateInput label="To" value={to} onChange={setTo} />
      </Group>
      <QueryView query={query} what="the audit log" rows={8}>
        {(data) => {
          const entries = data.pages.flatMap((page) => page.items);
          return entries.length === 0 ? (
            <EmptyState title={isFiltered ? "No change matches these filters" : "Nothing has been changed yet"}>
              {isFiltered
                ? "Widen the dates or remove a filter."
                : "Changes to organizations, people, forms, configuration and secrets appear here."}
            </EmptyState>
          ) : (
            <AuditTable entries={entries} organizationNames={names} otherNames={otherNames} />
          );
        }}
      </QueryView>
      <LoadMore query={query} />
    </Page>
  );
}
