"""Microsoft Graph, app-only or delegated over GDAP: one token for each client tenant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from msp_automation.capabilities import IntegrationToken
from msp_automation.errors import ConfigurationError
from msp_automation.integrations.base import Authentication, ErrorReason, Integration, IntegrationTestResult
from msp_automation.integrations.entra import read_refusal
from msp_automation.integrations.msgraph_roles import missing_role
from msp_automation.integrations.settings import BaseUrl, IntegrationSettings, SecretName, is_loopback

if TYPE_CHECKING:
    import httpx

GRAPH = "https://graph.microsoft.com"
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PERMISSION = re.compile(r"\b[A-Z][A-Za-z]+\.(?:Read|ReadWrite|Manage|Send|Invite)(?:\.[A-Za-z]+)+\b")
_BAD_REQUEST = 400

# By the first segment of the path: what reading and changing it takes at least.
# Source: https://learn.microsoft.com/graph/permissions-reference
_PERMISSIONS = {
    "users": ("User.Read.All", "User.ReadWrite.All"),
    "groups": ("Group.Read.All", "Group.ReadWrite.All"),
    "directoryobjects": ("Directory.Read.All", "Directory.ReadWrite.All"),
    "organization": ("Organization.Read.All", "Organization.ReadWrite.All"),
    "subscribedskus": ("LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All"),
    "domains": ("Domain.Read.All", "Domain.ReadWrite.All"),
    "devices": ("Device.Read.All", "Directory.ReadWrite.All"),
    "auditlogs": ("AuditLog.Read.All", "AuditLog.Read.All"),
    "applications": ("Application.Read.All", "Application.ReadWrite.All"),
    "rolemanagement": ("RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory"),
    "tenantrelationships": (
        "DelegatedAdminRelationship.Read.All",
        "DelegatedAdminRelationship.ReadWrite.All",
    ),
}
_BY_ACTION = {
    "assignLicense": "LicenseAssignment.ReadWrite.All",
    "revokeSignInSessions": "User.RevokeSessions.All",
    "messageRules": "MailboxSettings.Read",
    "userRegistrationDetails": "AuditLog.Read.All",
}
# Sign-in times are refused so, whatever path they were asked for at.
_REPORTS_REFUSED = "Authentication_MSGraphPermissionMissing"
_MISSING_PERMISSION = frozenset(
    {"Authorization_RequestDenied", "accessDenied", "Forbidden", "ErrorAccessDenied", _REPORTS_REFUSED}
)

_CONNECTION: dict[str, Any] = {"connection": True}
_SECRET: dict[str, Any] = {"secret": True, "connection": True}
_SHARED_SECRET: dict[str, Any] = {**_SECRET, "sharedOnly": True}
_DEPLOYMENT: dict[str, Any] = {"deployment": True}


class MsGraphSettings(IntegrationSettings):
    """As which application to sign in, and for whom; where Graph is, the deployment says.

    In mode `app` the application acts for itself, by each tenant's admin consent. In mode
    `delegated` it acts for a service account of the MSP, which the GDAP relationships let
    into the tenants.
    """

    mode: Literal["app", "delegated"] = Field("app", title="Sign in as", json_schema_extra=_CONNECTION)
    client_id: Annotated[str, StringConstraints(pattern=rf"^{_GUID.pattern}$")] = Field(
        title="Application (client) id", json_schema_extra=_CONNECTION
    )
    client_secret: SecretName = Field(title="Client secret", json_schema_extra=_SECRET)
    refresh_token: SecretName | None = Field(
        None,
        title="Service account's refresh token",
        validate_default=True,
        json_schema_extra=_SHARED_SECRET,
    )
    authority: BaseUrl = Field("https://login.microsoftonline.com", json_schema_extra=_DEPLOYMENT)
    base_url: BaseUrl = Field(f"{GRAPH}/v1.0", json_schema_extra=_DEPLOYMENT)

    @field_validator("refresh_token")
    @classmethod
    def _needed_for_delegated(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("mode") == "delegated":
            raise ValueError("Required in delegated mode: the name of the secret that holds it.")
        return value


class MsGraph(Integration):
    """Microsoft Graph of the organization's tenant: `await graph.get_all("/users")`."""

    name: ClassVar[str] = "msgraph"
    label: ClassVar[str] = "Microsoft Graph"
    Settings: ClassVar[type[IntegrationSettings]] = MsGraphSettings
    needs_own_tenant: ClassVar[bool] = True

    async def authenticate(self, auth: Authentication) -> IntegrationToken:
        """Sign in to the organization's tenant: for the application itself, or for the service account.

        Raises:
            IntegrationError: Entra refuses; its code is explained, its reason kept.
            ConfigurationError: No tenant is linked, or a secret is not set.
        """
        from msp_automation.integrations.msgraph_delegated import sign_in_delegated
        from msp_automation.integrations.network import tenant_of
        from msp_automation.integrations.sign_in import request_token
        from msp_automation.integrations.transport import integration_error

        tenant = tenant_of(auth.org, self.label)
        if not _GUID.fullmatch(tenant):
            raise ConfigurationError(f"{tenant!r} is no tenant id. Correct it on the organization.")
        settings: MsGraphSettings = auth.settings
        url = f"{settings.authority}/{tenant}/oauth2/v2.0/token"
        form = {
            "client_id": settings.client_id,
            "client_secret": await auth.require_secret(settings.client_secret),
            "scope": f"{_resource(settings.base_url)}/.default",
        }
        if settings.refresh_token is not None and settings.mode == "delegated":
            return _token(self, await sign_in_delegated(auth, self, url, form, settings.refresh_token))
        response = await request_token(auth, self, url, {"grant_type": "client_credentials", **form})
        if response.status_code >= _BAD_REQUEST:
            refusal = read_refusal(_json(response), response.status_code)
            name = auth.org.name if auth.org else ""
            raise integration_error(
                self.name,
                f"Entra ID refused the sign-in to {name}'s tenant ({refusal.code}). {refusal.explanation}",
                code=refusal.code,
                endpoint="POST /{tenant}/oauth2/v2.0/token",
                status=response.status_code,
                reason=refusal.reason,
                request_id=refusal.request_id,
            )
        return _token(self, response)

    async def test(self) -> IntegrationTestResult:
        """Read the tenant's own record and compare it with the organization's tenant.

        Raises:
            IntegrationError: The sign-in or the call is refused.
        """
        found = await self.get_all("/organization", {"$select": "id,displayName"})
        record = found[0] if found else {}
        expected = (self.org.tenant_id if self.org else None) or ""
        if str(record.get("id", "")).lower() != expected.lower():
            return IntegrationTestResult(
                False, "Microsoft Graph answered for another tenant than the linked one."
            )
        display_name = record.get("displayName")
        return IntegrationTestResult(
            True,
            f"Microsoft Graph answers for {display_name}.",
            {"tenantId": record["id"], "displayName": display_name},
        )

    def explain(self, response: httpx.Response) -> ErrorReason:
        """Read Graph's error body; for a missing permission, name it."""
        body = _json(response)
        error = _dict(body.get("error"))
        inner = _dict(error.get("innerError"))
        code = error.get("code")
        reason = error.get("message") or None
        request_id = inner.get("request-id") or response.headers.get("request-id")
        message = reason
        if response.status_code == 403 and code in _MISSING_PERMISSION:  # noqa: PLR2004 - forbidden
            message = (
                f"{(reason or 'Access denied').rstrip('.')}. {self._missing(response, code, reason or '')}"
            )
        return ErrorReason(code, message, request_id, reason)

    def _missing(self, response: httpx.Response, code: object, reason: str) -> str:
        method, path = response.request.method, self._path_of(response)
        if self.settings.mode == "delegated":
            return missing_role(method, "/reports" if code == _REPORTS_REFUSED else path)
        permission = missing_permission(method, path, reason)
        need = (
            f"The application needs the permission {permission}"
            if permission
            else "The application lacks a permission"
        )
        return (
            f"{need} in this tenant. "
            "Add it to the app registration and let an administrator grant admin consent."
        )

    def _path_of(self, response: httpx.Response) -> str:
        base = re.sub(r"^https?://[^/]+", "", self.base_url)
        return response.request.url.path.removeprefix(base)


def missing_permission(method: str, path: str, reason: str) -> str | None:
    """The application permission that a refused call needs, where Graph's words or the path tell."""
    named = _PERMISSION.search(reason)
    if named is not None:
        return named[0]
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        return None
    if segments[-1] in _BY_ACTION:
        return _BY_ACTION[segments[-1]]
    if segments[0].lower() == "groups" and "members" in segments:
        return "GroupMember.Read.All" if method == "GET" else "GroupMember.ReadWrite.All"
    pair = _PERMISSIONS.get(segments[0].lower())
    return None if pair is None else pair[0 if method == "GET" else 1]


def _resource(base_url: str) -> str:
    import httpx

    # A sandbox on this machine plays the global Graph, whose resource it expects.
    url = httpx.URL(base_url)
    return GRAPH if is_loopback(url.host) else f"{url.scheme}://{url.netloc.decode()}"


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        return _dict(response.json())
    except ValueError:
        return {}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _token(integration: Integration, response: httpx.Response) -> IntegrationToken:
    from msp_automation.integrations.sign_in import read_token
    from msp_automation.integrations.tokens import claims_of

    token = read_token(integration, response)
    tenant = claims_of(token.access_token).get("tid")
    return token.model_copy(update={"tenant_id": str(tenant) if tenant else None})
