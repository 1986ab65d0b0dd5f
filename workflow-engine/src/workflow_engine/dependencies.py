"""The engine's parts, as routes ask for them."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, cast

from fastapi import Depends, Request

from msp_core.errors import MspError
from msp_core.permissions.models import OrgScope
from msp_http.authentication import OrganizationHeader, SignedIn
from workflow_engine.container import Container
from workflow_engine.data_providers import DataProviders
from workflow_engine.execution.following import Following
from workflow_engine.execution.launching import Launching
from workflow_engine.submissions import Submissions


async def get_container(request: Request) -> Container:
    """The container, warm: under Azure Functions no lifespan may have run yet."""
    container = cast(Container, request.app.state.container)
    await container.start()
    return container


async def get_any_container(request: Request) -> Container:
    """The container, even if its runners do not come up: for those who ask how it is."""
    with suppress(MspError):
        return await get_container(request)
    return cast(Container, request.app.state.container)


Engine = Annotated[Container, Depends(get_container)]
AnyEngine = Annotated[Container, Depends(get_any_container)]


async def get_follower_scope(
    principal: SignedIn, engine: Engine, organization: OrganizationHeader = None
) -> OrgScope:
    """Whoever belongs to the organization; without one, an admin, for runs that needed none."""
    scopes = engine.scope_resolver
    if organization is None and (await scopes.resolve_user(principal)).is_msp_admin:
        return await scopes.resolve_admin(principal)
    return await scopes.resolve_member(principal, organization)


FollowerScope = Annotated[OrgScope, Depends(get_follower_scope)]


async def _launching(engine: Engine) -> Launching:
    return engine.services.launching


async def _following(engine: Engine) -> Following:
    return engine.services.following


async def _submissions(engine: Engine) -> Submissions:
    return engine.services.submissions


async def _data_providers(engine: Engine) -> DataProviders:
    return engine.services.data_providers


Launcher = Annotated[Launching, Depends(_launching)]
Follower = Annotated[Following, Depends(_following)]
Submitter = Annotated[Submissions, Depends(_submissions)]
Providers = Annotated[DataProviders, Depends(_data_providers)]
