import { Anchor, Radio, Select, Stack, Switch, Text } from "@mantine/core";

import { Part } from "@/features/forms/builder/components/part";
import { TextProperty } from "@/features/forms/builder/components/property";
import { WorkflowParameters } from "@/features/forms/builder/components/workflow-parameters";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import type { FormHead } from "@/features/forms/builder/model/edits";
import { formOwner } from "@/features/forms/builder/model/problems";
import { OrgLink } from "@/shared/session/org-link";

interface FormPropertiesProps {
  organization: { id: string; name: string };
  isAdmin: boolean;
  /** A saved form stays global or an organization's own. */
  isSaved: boolean;
}

function Scope({ organization, isAdmin, isSaved }: FormPropertiesProps) {
  const { draft, edit } = useBuilderContext();
  const why = isSaved
    ? "A saved form stays where it is. Build a new one to have it elsewhere."
    : "Forms of all organizations are the admins' to make.";
  return (
    <Radio.Group
      label="For"
      description={isSaved || !isAdmin ? why : undefined}
      value={draft.isGlobal ? "all" : "one"}
      onChange={(value) => edit({ type: "changeForm", change: { isGlobal: value === "all" } })}
    >
      <Stack gap="xs" mt="xs">
        <Radio value="one" label={`${organization.name} only`} disabled={isSaved || !isAdmin} />
        <Radio value="all" label="All organizations" disabled={isSaved || !isAdmin} />
      </Stack>
    </Radio.Group>
  );
}

function Access({ isAdmin }: { isAdmin: boolean }) {
  return (
    <Part title="Who may run it">
      <Text size="sm">
        Technicians with the right to run workflows for the organization, and client users with a role that has this
        form.
      </Text>
      {isAdmin ? (
        <Anchor component={OrgLink} to="/roles" size="sm">
          Give the form to a role
        </Anchor>
      ) : (
        <Text size="sm" c="dimmed">
          An admin gives forms to roles.
        </Text>
      )}
    </Part>
  );
}

/** What the form is called, what it runs, where, and for whom. */
export function FormProperties(props: FormPropertiesProps) {
  const { draft, catalog, edit } = useBuilderContext();
  const messages = useMessages(formOwner);
  const change = (to: Partial<FormHead>) => edit({ type: "changeForm", change: to });
  const workflows = (catalog.workflows ?? []).filter(
    ({ name, exposeInForms }) => exposeInForms !== false || name === draft.linkedWorkflow,
  );
  const names = [...new Set([...workflows.map(({ name }) => name), draft.linkedWorkflow])].filter(Boolean);
  const workflow = workflows.find(({ name }) => name === draft.linkedWorkflow);
  return (
    <Stack gap="lg">
      <Part title="Name and workflow">
        <TextProperty
          label="Name"
          required
          maxLength={200}
          value={draft.name}
          error={messages.name}
          onChange={(name) => change({ name: name ?? "" })}
        />
        <TextProperty
          label="Description"
          description="What it does, for the people who run it."
          lines
          maxLength={2000}
          value={draft.description}
          error={messages.description}
          onChange={(description) => change({ description })}
        />
        <Select
          label="Workflow"
          description={workflow?.description ?? "What runs when somebody sends the form."}
          required
          searchable
          allowDeselect={false}
          placeholder="Choose…"
          nothingFoundMessage="No such workflow"
          data={names}
          value={draft.linkedWorkflow || null}
          error={messages.linkedWorkflow}
          onChange={(linkedWorkflow) => linkedWorkflow !== null && change({ linkedWorkflow })}
        />
        <Scope {...props} />
        <Switch
          label="Active"
          description="An inactive form can be changed here, and nobody can run it."
          checked={draft.isActive}
          onChange={({ currentTarget: { checked } }) => change({ isActive: checked })}
        />
        <Switch
          label="Run in the background"
          description={
            workflow?.executionMode === "async"
              ? "The workflow always runs in the background."
              : "Whoever sends the form may leave the page at once; the execution tells how it is."
          }
          checked={draft.runInBackground}
          onChange={({ currentTarget: { checked } }) => change({ runInBackground: checked })}
        />
      </Part>
      {workflow !== undefined && <WorkflowParameters workflow={workflow} organizationId={props.organization.id} />}
      <Access isAdmin={props.isAdmin} />
    </Stack>
  );
}
