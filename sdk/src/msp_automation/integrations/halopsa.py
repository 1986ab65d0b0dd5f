"""HaloPSA: the ticket system, by client credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from msp_automation.capabilities import IntegrationToken
from msp_automation.integrations.base import Authentication, ErrorReason, Integration, IntegrationTestResult
from msp_automation.integrations.paging import NumberedPaging, Paging
from msp_automation.integrations.settings import BaseUrl, IntegrationSettings, SecretName

if TYPE_CHECKING:
    import httpx

_BAD_REQUEST = 400
_CONNECTION: dict[str, Any] = {"connection": True}
_SECRET: dict[str, Any] = {"secret": True, "connection": True}


class HaloPsaSettings(IntegrationSettings):
    """Where HaloPSA is, as which application to sign in, and which of its clients this organization is."""

    base_url: BaseUrl = Field(title="Address", json_schema_extra=_CONNECTION)
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        title="Application client id", json_schema_extra=_CONNECTION
    )
    client_secret: SecretName = Field(title="Client secret", json_schema_extra=_SECRET)
    client_ref: int | None = Field(
        None,
        title="HaloPSA client number of this organization",
        ge=1,
        json_schema_extra={"adminOnly": True},
    )
    ticket_type_id: int | None = Field(None, title="Ticket type for new tickets", ge=1)


class HaloPsa(Integration):
    """HaloPSA's API: `await halo.get_all("/tickets", {"client_id": 12})`."""

    name: ClassVar[str] = "halopsa"
    label: ClassVar[str] = "HaloPSA"
    Settings: ClassVar[type[IntegrationSettings]] = HaloPsaSettings

    @property
    def base_url(self) -> str:
        """The API below the instance's address."""
        return f"{_root(self.settings)}/api"

    async def authenticate(self, auth: Authentication) -> IntegrationToken:
        """Sign in with client credentials.

        Raises:
            IntegrationError: HaloPSA refuses.
            ConfigurationError: The secret is not set.
        """
        from msp_automation.integrations.sign_in import read_token, request_token
        from msp_automation.integrations.transport import integration_error

        settings: HaloPsaSettings = auth.settings
        response = await request_token(
            auth,
            self,
            f"{_root(settings)}/auth/token",
            {
                "grant_type": "client_credentials",
                "client_id": settings.client_id,
                "client_secret": await auth.require_secret(settings.client_secret),
                "scope": "all",
            },
        )
        if response.status_code >= _BAD_REQUEST:
            told = self.explain(response)
            raise integration_error(
                self.name,
                f"HaloPSA refused the sign-in ({told.code or response.status_code}). "
                "Check client id and secret, and that the application may use client credentials.",
                code=told.code or f"HTTP {response.status_code}",
                endpoint="POST /auth/token",
                status=response.status_code,
                reason=told.message,
            )
        return read_token(self, response)

    async def test(self) -> IntegrationTestResult:
        """Read this organization's client record, or one client where no number is set.

        Raises:
            IntegrationError: The sign-in or the call is refused.
        """
        if self.settings.client_ref is None:
            await self.get("/client", params={"paginate": "true", "page_no": 1, "page_size": 1})
            return IntegrationTestResult(
                True, "HaloPSA answers. No client number is set for this organization."
            )
        client = await self.get("/client/{client}", client=self.settings.client_ref)
        name = client.get("name") if isinstance(client, dict) else None
        return IntegrationTestResult(
            True, f"HaloPSA answers: client {self.settings.client_ref} is {name}.", {"clientName": name}
        )

    async def create_ticket(self, summary: str, details: str = "", **fields: Any) -> dict[str, Any]:
        """Create a ticket for this organization's client.

        Args:
            fields: Further fields of HaloPSA's ticket, such as `team="Service Desk"`.

        Raises:
            IntegrationError: HaloPSA refuses it.
        """
        ticket = {
            "summary": summary,
            "details": details,
            "client_id": self.settings.client_ref,
            "tickettype_id": self.settings.ticket_type_id,
            **fields,
        }
        created = await self.post("/tickets", json=[{k: v for k, v in ticket.items() if v is not None}])
        found: dict[str, Any] = created[0] if isinstance(created, list) and created else created
        return found

    def paging(self) -> Paging:
        """Numbered pages."""
        return NumberedPaging()

    def explain(self, response: httpx.Response) -> ErrorReason:
        """Read the several shapes of HaloPSA's errors."""
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            text = body if isinstance(body, str) else response.text
            return ErrorReason(None, text[:500] or None)
        code = body.get("error") or body.get("ClassName")
        message = (
            body.get("error_description") or body.get("message") or body.get("Message") or body.get("title")
        )
        return ErrorReason(str(code) if code else None, str(message) if message else None, body.get("id"))


def _root(settings: Any) -> str:
    return str(settings.base_url).removesuffix("/api")
