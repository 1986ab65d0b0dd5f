"""The people, tenants and organizations of the local stack, by fixed ids."""

from __future__ import annotations

from dataclasses import dataclass

MSP_TENANT_ID = "10000000-0000-4000-8000-000000000001"
API_AUDIENCE = "a9000000-0000-4000-8000-000000000001"
SPA_CLIENT_ID = "5a000000-0000-4000-8000-000000000001"
API_SCOPE = f"api://{API_AUDIENCE}/access_as_user"

GRAPH_CLIENT_ID = "6a000000-0000-4000-8000-000000000001"
GRAPH_CLIENT_SECRET = "local-graph-client-secret"  # noqa: S105 - opens nothing but the local sandbox
# What the service account's first sign-in gave; each use gives another.
GRAPH_REFRESH_TOKEN = "local-graph-refresh-token"  # noqa: S105 - opens nothing but the local sandbox
HALO_CLIENT_ID = "7a000000-0000-4000-8000-000000000001"
HALO_CLIENT_SECRET = "local-halo-client-secret"  # noqa: S105 - opens nothing but the local sandbox


@dataclass(frozen=True)
class DemoOrganization:
    """A client company: its organization, its Microsoft 365 tenant and its HaloPSA client number."""

    key: str
    id: str
    name: str
    tenant_id: str
    domain: str
    halo_client: int


CONTOSO = DemoOrganization(
    "contoso", "c0000000-0000-4000-8000-000000000001", "Contoso",
    "a0000000-0000-4000-8000-000000000001", "contoso.example", 101,
)  # fmt: skip
FABRIKAM = DemoOrganization(
    "fabrikam", "c0000000-0000-4000-8000-000000000002", "Fabrikam",
    "a0000000-0000-4000-8000-000000000002", "fabrikam.example", 102,
)  # fmt: skip
NORTHWIND = DemoOrganization(
    "northwind", "c0000000-0000-4000-8000-000000000003", "Northwind Traders",
    "a0000000-0000-4000-8000-000000000003", "northwind.example", 103,
)  # fmt: skip
ORGANIZATIONS = (CONTOSO, FABRIKAM, NORTHWIND)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who may pick themselves in the local identity provider."""

    key: str
    object_id: str
    tenant_id: str
    name: str
    email: str
    summary: str
    app_roles: tuple[str, ...] = ()

    @property
    def user_id(self) -> str:
        """The platform's id of this person: `{tid}.{oid}`."""
        return f"{self.tenant_id}.{self.object_id}"


ADMIN = DemoPerson(
    "admin", "b0000000-0000-4000-8000-000000000001", MSP_TENANT_ID, "Platform Admin", "admin@msp.example",
    "MSP admin: everything", ("Platform.Admin",),
)  # fmt: skip
TECHNICIAN = DemoPerson(
    "technician", "b0000000-0000-4000-8000-000000000002", MSP_TENANT_ID, "Service Desk Technician",
    "technician@msp.example", "MSP technician: Contoso and Fabrikam, not Northwind",
)  # fmt: skip
CLIENT_USER = DemoPerson(
    "client", "b0000000-0000-4000-8000-000000000003", CONTOSO.tenant_id, "Contoso Client User",
    "office@contoso.example", "Client user: the forms that Contoso's people may run",
)  # fmt: skip
STRANGER = DemoPerson(
    "stranger", "b0000000-0000-4000-8000-000000000004", "a0000000-0000-4000-8000-000000000009", "Stranger",
    "stranger@elsewhere.example", "Somebody from a tenant that nobody linked: refused",
)  # fmt: skip
PEOPLE = (ADMIN, TECHNICIAN, CLIENT_USER, STRANGER)
