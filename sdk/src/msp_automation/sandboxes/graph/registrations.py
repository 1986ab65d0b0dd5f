"""`/reports/authenticationMethods/userRegistrationDetails`: who has registered what for MFA.

Source: https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.errors import needs_premium
from msp_automation.sandboxes.graph.odata import Collection
from msp_automation.sandboxes.graph.permissions import READ_REPORTS
from msp_automation.sandboxes.graph.state import Json, Tenant, now
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens

_PROPERTIES = (
    "id", "userPrincipalName", "userDisplayName", "userType", "isAdmin", "isSsprRegistered", "isSsprEnabled",
    "isSsprCapable", "isMfaRegistered", "isMfaCapable", "isPasswordlessCapable", "methodsRegistered",
    "isSystemPreferredAuthenticationMethodEnabled", "systemPreferredAuthenticationMethods",
    "userPreferredMethodForSecondaryAuthentication", "lastUpdatedDateTime",
)  # fmt: skip
REGISTRATIONS = Collection(
    "reports/authenticationMethods/userRegistrationDetails",
    frozenset(_PROPERTIES),
    _PROPERTIES,
    frozenset({"$filter", "$orderby", "$top", "$skiptoken"}),
)
# What may reset a password but is no second factor.
_WEAK = frozenset({"email", "securityQuestion"})
_PASSWORDLESS = frozenset({"fido2", "passKeyDeviceBound", "windowsHelloForBusiness"})


class RegistrationRoutes:
    """The report on authentication methods."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def details(self, request: Request) -> Response:
        """GET the report; blocked users are not in it, and it takes Entra ID P1."""
        tenant = self._tokens.require(request, READ_REPORTS)
        if not tenant.is_premium:
            raise needs_premium()
        found = [_detail(tenant, user) for user in tenant.users.values() if user["accountEnabled"]]
        return JSONResponse(REGISTRATIONS.page(request, found, page_size=self._store.directory.page_size))


def _detail(tenant: Tenant, user: Json) -> Json:
    methods = tenant.methods.get(user["id"], [])
    is_strong = any(method not in _WEAK for method in methods)
    return {
        "id": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user["displayName"],
        "userType": user["userType"].lower(),
        "isAdmin": bool(tenant.roles_of(user["id"])),
        "isSsprRegistered": bool(methods),
        "isSsprEnabled": False,
        "isSsprCapable": False,
        "isMfaRegistered": is_strong,
        "isMfaCapable": is_strong,
        "isPasswordlessCapable": any(method in _PASSWORDLESS for method in methods),
        "methodsRegistered": methods,
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "systemPreferredAuthenticationMethods": ["push"] if is_strong else [],
        "userPreferredMethodForSecondaryAuthentication": "push" if is_strong else "",
        "lastUpdatedDateTime": now(),
    }
