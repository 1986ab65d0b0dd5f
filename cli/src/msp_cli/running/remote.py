"""Runs a workflow on an environment's engine, and follows its log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from msp_cli.api import Api, open_api, pick_organization
from msp_cli.errors import Failed, Missing
from msp_cli.following import follow
from msp_cli.running.asked import Asked
from msp_cli.running.choosing import choose_organization
from msp_cli.running.outcome import Outcome, line_printer, tell
from msp_cli.running.parameters import Choices, complete, read_parameters
from msp_cli.running.sandbox import fixed_options, inputs_of

if TYPE_CHECKING:
    from msp_automation.metadata import ParameterMetadata, WorkflowMetadata


def run_remote(asked: Asked) -> None:
    """Run it there, and tell how it ended.

    Raises:
        CliError: The person may not, a value is wrong, or it did not succeed.
    """
    with open_api(asked.environment) as api:
        tell(_run(api, asked), asked.as_json)


def _run(api: Api, asked: Asked) -> Outcome:
    workflow = find_workflow(api, asked.workflow)
    organization_id = _organization(api, asked, workflow)

    def options(parameter: ParameterMetadata, values: Mapping[str, Any]) -> Choices | None:
        if parameter.data_provider is None:
            return fixed_options(parameter)
        found = provider_options(api, parameter.data_provider, organization_id, inputs_of(parameter, values))
        return [(one["label"], one["value"]) for one in found["options"]]

    values = complete(
        workflow.parameters,
        read_parameters(workflow.parameters, asked.parameters),
        ask=asked.ask,
        options_of=options,
        validate=lambda _: None,
    )
    started = api.ask(
        "POST",
        f"/api/workflows/{asked.workflow}",
        service="engine",
        organization=organization_id,
        json={"parameters": values},
        headers={"Prefer": "wait=0", "Idempotency-Key": str(uuid4())},
    )
    show = line_printer(asked.as_json)
    try:
        lines = follow(api, started["executionId"], organization_id, show)
    except KeyboardInterrupt:
        raise Failed(
            f"The run goes on there. Stop it: msp executions cancel {started['executionId']}",
            code="Interrupted",
            details={"executionId": started["executionId"]},
        ) from None
    record = api.get(
        f"/api/executions/{started['executionId']}", organization=organization_id or started["organizationId"]
    )
    return Outcome(record, lines)


def find_workflow(api: Api, name: str) -> WorkflowMetadata:
    """The declaration in the environment's catalog.

    Raises:
        Missing: There is none.
    """
    from msp_automation.metadata import Catalog

    catalog = Catalog.model_validate(read_catalog(api))
    found = next((one for one in catalog.workflows if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in catalog.workflows) or "(none)"
        raise Missing(f"{api.environment.name} has no workflow {name!r}. There are: {known}.")
    return found


def read_catalog(api: Api) -> dict[str, Any]:
    """Everything that the environment's engine has found."""
    catalog: dict[str, Any] = api.ask("GET", "/api/admin/metadata", service="engine")
    return catalog


def provider_options(
    api: Api, name: str, organization_id: str | None, inputs: Mapping[str, Any], *, refresh: bool = False
) -> dict[str, Any]:
    """What a data provider offers there."""
    answer: dict[str, Any] = api.ask(
        "POST",
        f"/api/data-providers/{name}",
        service="engine",
        organization=organization_id,
        json={"inputs": dict(inputs), "refresh": refresh},
    )
    return answer


def _organization(api: Api, asked: Asked, workflow: WorkflowMetadata) -> str | None:
    if asked.organization is None and not workflow.requires_org:
        return None
    organizations = api.me()["organizations"]
    name = asked.organization
    if name is None and asked.is_interactive:
        name = choose_organization(organizations)
    return str(pick_organization(organizations, name)["id"])
