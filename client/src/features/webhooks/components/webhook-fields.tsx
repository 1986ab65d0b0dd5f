import { Autocomplete, JsonInput, Radio, Select, Stack, Textarea, TextInput } from "@mantine/core";

import { ApiError } from "@/api/api-error";
import type { WebhookWorkflow } from "@/features/webhooks/api";
import type { WebhookDraft } from "@/features/webhooks/model/draft";
import { authenticationWords, parametersOf } from "@/features/webhooks/model/draft";
import { fieldError } from "@/shared/ui/form-dialog";

interface WebhookFieldsProps {
  draft: WebhookDraft;
  workflows: readonly WebhookWorkflow[];
  /** How a sender proves itself is chosen once. */
  isNew: boolean;
  error: unknown;
  onChange: (draft: WebhookDraft) => void;
}

/** A refusal may name the field or a part of it: `parameters`, `parameters.queue`. */
function partError(error: unknown, field: string): string | undefined {
  const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
  return fields.find(([name]) => name === field || name.startsWith(`${field}.`))?.[1];
}

/** What a webhook runs, with what, and who may call it. */
export function WebhookFields({ draft, workflows, isNew, error, onChange }: WebhookFieldsProps) {
  const parameters = workflows.find(({ name }) => name === draft.workflowName)?.parameters ?? [];
  const isJson = parametersOf(draft.parameters) !== null;
  return (
    <>
      <TextInput
        label="Name"
        description="As you will know it in the list: “HaloPSA: new tickets”."
        required
        maxLength={100}
        data-autofocus
        value={draft.name}
        error={fieldError(error, "name")}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <Select
        label="Workflow"
        required
        searchable
        data={workflows.map(({ name }) => name)}
        value={draft.workflowName || null}
        error={fieldError(error, "workflowName")}
        nothingFoundMessage="No such workflow in the catalog"
        onChange={(value) => onChange({ ...draft, workflowName: value ?? "" })}
      />
      {isNew && (
        <Radio.Group
          label="How the sender proves itself"
          value={draft.authentication}
          onChange={(value) => onChange({ ...draft, authentication: value })}
        >
          <Stack gap={6} mt={4}>
            {Object.entries(authenticationWords).map(([value, { label, note }]) => (
              <Radio key={value} value={value} label={label} description={note} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      <Autocomplete
        label="Parameter for the event"
        description="The workflow's parameter that gets the whole event. Empty: the event's own properties are the parameters."
        comboboxProps={{ withinPortal: false }}
        data={parameters.map(({ name }) => name)}
        value={draft.payloadParameter}
        error={partError(error, "payloadParameter")}
        onChange={(value) => onChange({ ...draft, payloadParameter: value })}
      />
      <JsonInput
        label="Fixed parameters"
        description="A JSON object. An event cannot change these values."
        placeholder={'{"queue": "service-desk"}'}
        autosize
        minRows={2}
        maxRows={10}
        value={draft.parameters}
        error={isJson ? partError(error, "parameters") : 'This is no JSON object, such as {"queue": "service-desk"}.'}
        onChange={(value) => onChange({ ...draft, parameters: value })}
      />
      <Textarea
        label="Allowed addresses"
        description="IP addresses or networks that may call, one a line. Empty: any."
        placeholder="203.0.113.7"
        autosize
        minRows={1}
        maxRows={6}
        value={draft.allowedAddresses}
        error={partError(error, "allowedAddresses")}
        onChange={(event) => onChange({ ...draft, allowedAddresses: event.currentTarget.value })}
      />
    </>
  );
}
