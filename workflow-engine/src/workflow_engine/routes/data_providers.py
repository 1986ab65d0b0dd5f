"""Options for form fields."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from msp_automation.providers import MOST_OPTIONS
from msp_http.authentication import MemberScope
from msp_http.bodies import RequestBody
from workflow_engine.data_providers import OptionsAnswer, OptionsQuery
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


Refresh = Annotated[bool, Query(description="Ask the provider even if an answer is kept")]
Search = Annotated[str, Query(max_length=200, description="Only options whose label contains this")]
Limit = Annotated[int, Query(ge=1, le=MOST_OPTIONS, description="At most so many options")]


class OptionsRequest(RequestBody):
    """What the provider is asked with.

    `refresh` asks it even if an answer is kept: for a retry by hand. `search` narrows a long list down: a
    provider with a parameter of that name gets it, the options of any other are filtered by their label.
    """

    inputs: dict[str, Any] = Field(default_factory=dict)
    form_id: str | None = Field(default=None, max_length=100)
    refresh: bool = False
    search: str = Field(default="", max_length=200)
    limit: int = Field(default=MOST_OPTIONS, ge=1, le=MOST_OPTIONS)


@router.get("/{name}")
async def get_options(
    *,
    name: str,
    scope: MemberScope,
    engine: Engine,
    providers: Providers,
    form_id: FormId = None,
    refresh: Refresh = False,
    search: Search = "",
    limit: Limit = MOST_OPTIONS,
) -> OptionsAnswer:
    """Read the options of a data provider that needs no inputs."""
    await engine.services.submissions.require_provider_access(scope, name, form_id)
    return await providers.options(scope, name, OptionsQuery(search=search, limit=limit, refresh=refresh))


@router.post("/{name}")
async def query_options(
    name: str, body: OptionsRequest, scope: MemberScope, engine: Engine, providers: Providers
) -> OptionsAnswer:
    """Read the options of a data provider for these inputs."""
    await engine.services.submissions.require_provider_access(scope, name, body.form_id)
    query = OptionsQuery(body.inputs, search=body.search, limit=body.limit, refresh=body.refresh)
    return await providers.options(scope, name, query)
