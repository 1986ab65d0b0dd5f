"""Who asks, and for which organization: what a route's parameter types say.

Dependencies are `async def` even where they wait for nothing: FastAPI sends a plain `def` to a thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Annotated, cast

from fastapi import Depends, Header, Path, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator
from structlog.contextvars import bind_contextvars

from msp_core.errors import Unauthenticated
from msp_core.identity.models import Principal
from msp_core.ids import parse_org_id
from msp_core.permissions.models import OrgScope, Permission
from msp_core.users.models import User
from msp_http.options import HttpContainer
from msp_http.rate_limit import RateLimiter, is_following

_bearer = HTTPBearer(
    bearerFormat="JWT", scheme_name="entra", description="Entra ID v2 access token", auto_error=False
)


def container_of(request: Request) -> HttpContainer:
    """The app's container, as the glue sees it."""
    return cast(HttpContainer, request.app.state.container)


async def get_principal(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Principal:
    """Whoever signed the request, by their access token.

    Raises:
        Unauthenticated: There is no bearer token, or it does not hold.
        TooManyRequests: They ask more than one person may.
    """
    if credentials is None or not credentials.credentials.strip():
        raise Unauthenticated("Sign in first: this address needs a bearer token.")
    principal = await container_of(request).token_validator.validate(credentials.credentials)
    bind_contextvars(user_id=principal.user_id)
    limiter = cast(RateLimiter, request.app.state.rate_limiter)
    limiter.admit(principal.user_id, follows=is_following(request))
    return principal


SignedIn = Annotated[Principal, Depends(get_principal)]
"""Somebody with a valid token; nothing is said about what they may do."""


async def get_caller(request: Request, principal: SignedIn) -> User:
    """The user record of whoever asks; a disabled person is refused."""
    return await container_of(request).scope_resolver.resolve_user(principal)


Caller = Annotated[User, Depends(get_caller)]
"""A known, active user."""

OrganizationHeader = Annotated[
    str | None, Header(alias="X-Organization-Id", description="The organization's id (uuid)")
]
# Read here, so that a wrong one is told by the name it has in the path.
OrganizationInPath = Annotated[
    str, AfterValidator(parse_org_id), Path(alias="orgId", description="The organization's id (uuid)")
]

_Resolve = Callable[..., Awaitable[OrgScope]]


def scope_from_header(needs: Permission | None) -> _Resolve:
    """A dependency: the scope of the organization named in the header, if the caller has `needs` there."""

    async def resolve(
        request: Request, principal: SignedIn, organization: OrganizationHeader = None
    ) -> OrgScope:
        return await _resolve(request, principal, organization, needs)

    return resolve


async def forms_or_runs_from_header(
    request: Request, principal: SignedIn, organization: OrganizationHeader = None
) -> OrgScope:
    """The scope of somebody who may run workflows or manage forms in the organization named in the header."""
    scope = await _resolve(request, principal, organization, None)
    if not scope.has(Permission.CAN_EXECUTE_WORKFLOWS):
        scope.require(Permission.CAN_MANAGE_FORMS)
    return scope


def scope_from_path(needs: Permission | None) -> _Resolve:
    """A dependency: the scope of the organization in the path, if the caller has `needs` there."""

    async def resolve(request: Request, principal: SignedIn, organization: OrganizationInPath) -> OrgScope:
        return await _resolve(request, principal, organization, needs)

    return resolve


async def _resolve(
    request: Request, principal: Principal, organization: str | None, needs: Permission | None
) -> OrgScope:
    scope = await container_of(request).scope_resolver.resolve(principal, organization, needs)
    bind_contextvars(org_id=scope.org_id)
    return scope


async def member_from_header(
    request: Request, principal: SignedIn, organization: OrganizationHeader = None
) -> OrgScope:
    """The scope of anybody who belongs to the organization, client users included."""
    scope = await container_of(request).scope_resolver.resolve_member(principal, organization)
    bind_contextvars(org_id=scope.org_id)
    return scope


async def member_from_path(
    request: Request, principal: SignedIn, organization: OrganizationInPath
) -> OrgScope:
    """The same, for the organization in the path."""
    return await member_from_header(request, principal, organization)


async def get_admin(request: Request, principal: SignedIn) -> OrgScope:
    """The platform-wide scope, for MSP admins."""
    return await container_of(request).scope_resolver.resolve_admin(principal)


async def admin_from_path(
    request: Request, principal: SignedIn, organization: OrganizationInPath
) -> OrgScope:
    """An MSP admin at work in the organization in the path.

    Raises:
        Forbidden: The caller is no admin, or there is no such active organization.
    """
    scope = await _resolve(request, principal, organization, None)
    scope.require_admin()
    return scope


ExecuteScope = Annotated[OrgScope, Depends(scope_from_header(Permission.CAN_EXECUTE_WORKFLOWS))]
ConfigScope = Annotated[OrgScope, Depends(scope_from_header(Permission.CAN_MANAGE_CONFIG))]
FormsScope = Annotated[OrgScope, Depends(scope_from_header(Permission.CAN_MANAGE_FORMS))]
FormsOrRunsScope = Annotated[OrgScope, Depends(forms_or_runs_from_header)]
HistoryScope = Annotated[OrgScope, Depends(scope_from_header(Permission.CAN_VIEW_HISTORY))]
AnyScope = Annotated[OrgScope, Depends(scope_from_header(None))]
MemberScope = Annotated[OrgScope, Depends(member_from_header)]
AdminScope = Annotated[OrgScope, Depends(get_admin)]

PathExecuteScope = Annotated[OrgScope, Depends(scope_from_path(Permission.CAN_EXECUTE_WORKFLOWS))]
PathConfigScope = Annotated[OrgScope, Depends(scope_from_path(Permission.CAN_MANAGE_CONFIG))]
PathFormsScope = Annotated[OrgScope, Depends(scope_from_path(Permission.CAN_MANAGE_FORMS))]
PathHistoryScope = Annotated[OrgScope, Depends(scope_from_path(Permission.CAN_VIEW_HISTORY))]
PathAnyScope = Annotated[OrgScope, Depends(scope_from_path(None))]
PathMemberScope = Annotated[OrgScope, Depends(member_from_path)]
PathAdminScope = Annotated[OrgScope, Depends(admin_from_path)]


async def client_address(request: Request) -> str | None:
    """The IP address the request came from, as far as it can be believed.

    Without a proxy of ours in front, X-Forwarded-For is whatever the client wrote and is not read. With
    one, it is read from its end: each proxy adds the address it was called from behind what came with the
    request, so what stands before the entries of our own proxies is the client's word alone.
    """
    options = container_of(request).http
    if options.is_behind_proxy:
        entries = ",".join(request.headers.getlist("X-Forwarded-For")).split(",")
        return _plain_address(entries[-options.proxy_hops]) if len(entries) >= options.proxy_hops else None
    return request.client.host if request.client is not None else None


def _plain_address(text: str) -> str | None:
    """`203.0.113.7:51234` and `[2001:db8::1]:443` without their port; None for what is no address."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


ClientAddress = Annotated[str | None, Depends(client_address)]
"""The client's IP address, for the audit log and the execution record."""


async def request_id(request: Request) -> str:
    """The id of this request, as its answer and its log lines have it."""
    return str(request.scope["state"]["request_id"])


RequestId = Annotated[str, Depends(request_id)]
