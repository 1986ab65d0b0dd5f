"""The people, tenants and organizations of the local stack, by fixed ids."""

from __future__ import annotations

from dataclasses import dataclass

from msp_automation.sandboxes.identities import (
    CONTOSO,
    FABRIKAM,
    GRAPH_CLIENT_ID,
    GRAPH_CLIENT_SECRET,
    GRAPH_REFRESH_TOKEN,
    HALO_CLIENT_ID,
    HALO_CLIENT_SECRET,
    MSP,
    MSP_TENANT_ID,
    NORTHWIND,
    ORGANIZATIONS,
    DemoOrganization,
)

__all__ = [
    "ADMIN",
    "API_AUDIENCE",
    "API_SCOPE",
    "CLIENT_USER",
    "CONTOSO",
    "FABRIKAM",
    "GRAPH_CLIENT_ID",
    "GRAPH_CLIENT_SECRET",
    "GRAPH_REFRESH_TOKEN",
    "HALO_CLIENT_ID",
    "HALO_CLIENT_SECRET",
    "MSP",
    "MSP_TENANT_ID",
    "NORTHWIND",
    "ORGANIZATIONS",
    "PEOPLE",
    "SPA_CLIENT_ID",
    "STRANGER",
    "TECHNICIAN",
    "DemoOrganization",
    "DemoPerson",
]

API_AUDIENCE = "a9000000-0000-4000-8000-000000000001"
SPA_CLIENT_ID = "5a000000-0000-4000-8000-000000000001"
CLI_CLIENT_ID = "5a000000-0000-4000-8000-000000000002"
API_SCOPE = f"api://{API_AUDIENCE}/access_as_user"


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
