"""The tenants and applications that the sandboxes know, by fixed ids."""

from __future__ import annotations

from dataclasses import dataclass

MSP_TENANT_ID = "10000000-0000-4000-8000-000000000001"

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
# The MSP itself: what only its own tenant knows is asked for as this organization.
MSP = DemoOrganization(
    "msp", "c0000000-0000-4000-8000-000000000009", "Local MSP", MSP_TENANT_ID, "msp.example", 100,
)  # fmt: skip
