"""The Graph sandbox's routes."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from msp_automation.sandboxes.graph.applications import ApplicationRoutes
from msp_automation.sandboxes.graph.control import GraphControlRoutes
from msp_automation.sandboxes.graph.errors import GraphError, fault_answer, graph_answer
from msp_automation.sandboxes.graph.groups import GroupRoutes
from msp_automation.sandboxes.graph.licences import LicenceRoutes
from msp_automation.sandboxes.graph.mailboxes import MailboxRoutes
from msp_automation.sandboxes.graph.registrations import RegistrationRoutes
from msp_automation.sandboxes.graph.roles import RoleRoutes
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tenancy import TenancyRoutes
from msp_automation.sandboxes.graph.tokens import Application, TokenKey, Tokens
from msp_automation.sandboxes.graph.users import UserRoutes
from msp_automation.sandboxes.sandbox import (
    ControlGuard,
    FaultyAndLogged,
    InvalidControlRequest,
    SandboxLog,
    refuse_invalid_control_request,
)


def create_app(
    store: DirectoryStore,
    key: TokenKey,
    *,
    application: Application | None = None,
    log: SandboxLog | None = None,
    clock: Callable[[], float] = time.time,
) -> ASGIApp:
    """The sandbox as an ASGI app.

    Args:
        key: Signs the access tokens.
        log: Takes the faults to come and the requests seen; its own unless given.
        clock: The time of day that is written into tokens.
    """
    log = log if log is not None else SandboxLog()
    tokens = Tokens(store, key, application if application is not None else Application(), clock)
    app = Starlette(
        routes=[
            Route("/{tenant}/oauth2/v2.0/token", tokens.endpoint, methods=["POST"]),
            Route("/{tenant}/discovery/v2.0/keys", tokens.keys),
            *_graph_routes(store, tokens),
            *GraphControlRoutes(store, log).routes(),
        ],
        exception_handlers={
            GraphError: _refused,
            HTTPException: _no_route,
            InvalidControlRequest: refuse_invalid_control_request,
        },
    )
    return ControlGuard(FaultyAndLogged(app, log=log, answer=fault_answer))


def _graph_routes(store: DirectoryStore, tokens: Tokens) -> list[Route]:
    users, licences = UserRoutes(store, tokens), LicenceRoutes(store, tokens)
    groups, tenancy = GroupRoutes(store, tokens), TenancyRoutes(store, tokens)
    roles, mailboxes = RoleRoutes(store, tokens), MailboxRoutes(store, tokens)
    registrations, applications = RegistrationRoutes(store, tokens), ApplicationRoutes(store, tokens)
    base = "/v1.0"
    one_user, one_group = f"{base}/users/{{user}}", f"{base}/groups/{{group}}"
    return [
        Route(f"{base}/users", users.collection, methods=["GET", "POST"]),
        Route(one_user, users.one, methods=["GET", "PATCH", "DELETE"]),
        Route(f"{one_user}/revokeSignInSessions", users.revoke_sessions, methods=["POST"]),
        Route(f"{one_user}/memberOf", users.member_of),
        Route(f"{one_user}/transitiveMemberOf", users.member_of),
        Route(f"{one_user}/mailFolders/inbox/messageRules", mailboxes.rules),
        Route(f"{one_user}/assignLicense", licences.assign, methods=["POST"]),
        Route(f"{one_user}/licenseDetails", licences.details),
        Route(f"{base}/subscribedSkus", licences.subscribed_skus),
        Route(f"{base}/applications", applications.collection),
        Route(f"{base}/roleManagement/directory/roleAssignments", roles.assignments),
        Route(f"{base}/roleManagement/directory/roleEligibilityScheduleInstances", roles.eligibilities),
        Route(f"{base}/reports/authenticationMethods/userRegistrationDetails", registrations.details),
        Route(f"{base}/groups", groups.collection, methods=["GET", "POST"]),
        Route(one_group, groups.one),
        Route(f"{one_group}/members", groups.members),
        Route(f"{one_group}/members/$ref", groups.add_member, methods=["POST"]),
        Route(f"{one_group}/members/{{user}}/$ref", groups.remove_member, methods=["DELETE"]),
        Route(f"{base}/organization", tenancy.organization),
        Route(f"{base}/tenantRelationships/delegatedAdminCustomers", tenancy.customers),
        Route(f"{base}/tenantRelationships/delegatedAdminRelationships", tenancy.relationships),
    ]


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, GraphError)
    return graph_answer(request, error)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:  # noqa: PLR2004
        message = "Specified HTTP method is not allowed for the request target."
        return graph_answer(request, GraphError(405, "Request_BadRequest", message))
    segment = request.url.path.rsplit("/", 1)[-1]
    message = f"Resource not found for the segment '{segment}'."
    return graph_answer(request, GraphError(404, "BadRequest", message))
