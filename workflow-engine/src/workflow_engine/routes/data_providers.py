"""Options for form fields."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from msp_http.authentication import MemberScope
from msp_http.bodies import RequestBody
from workflow_engine.data_providers import OptionsAnswer
from workflow_engine.dependencies import Engine, Providers

router = APIRouter(
    prefix="/api/data-providers",
    tags=["data providers"],
    responses={
        502: {"description": "The provider failed or returned no list of options."},
        504: {"description": "The provider took too long."},
    },
)

FormId = Annotated[
    str | None,
    Query(alias="formId", max_length=100, description="The form whose field asks; client users must name it"),
]


class OptionsRequest(RequestBody):
    """What the provider is asked with.

    `fresh` asks it even if an answer is kept: for a retry by hand.
    """

    inputs: dict[str, Any] = Field(default_factory=dict)
    form_id: str | None = Field(default=None, max_length=100)
    fresh: bool = False


@router.get("/{name}")
async def get_options(
    name: str, scope: MemberScope, engine: Engine, providers: Providers, form_id: FormId = None
) -> OptionsAnswer:
    """Read the options of a data provider that needs no inputs."""
    await engine.services.submissions.require_provider_access(scope, name, form_id)
    return await providers.options(scope, name, {})


@router.post("/{name}")
async def query_options(
    name: str, body: OptionsRequest, scope: MemberScope, engine: Engine, providers: Providers
) -> OptionsAnswer:
    """Read the options of a data provider for these inputs."""
    await engine.services.submissions.require_provider_access(scope, name, body.form_id)
    return await providers.options(scope, name, body.inputs, fresh=body.fresh)
