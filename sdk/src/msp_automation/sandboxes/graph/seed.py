"""The tenants as they are at first start and after a reset."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from msp_automation.sandboxes.graph.permissions import (
    DIRECTORY_READERS,
    GROUPS_ADMINISTRATOR,
    LICENSE_ADMINISTRATOR,
    USER_ADMINISTRATOR,
)
from msp_automation.sandboxes.graph.showcase import add_showcase
from msp_automation.sandboxes.graph.skus import BY_PART_NUMBER
from msp_automation.sandboxes.graph.state import Directory, Json, ServiceAccount, Tenant
from msp_automation.sandboxes.identities import (
    CONTOSO,
    FABRIKAM,
    GRAPH_REFRESH_TOKEN,
    MSP,
    NORTHWIND,
)

# Tenants that trust the MSP but are no organization of the platform yet.
ADVENTURE_WORKS_TENANT_ID = "a0000000-0000-4000-8000-000000000004"
TAILSPIN_TENANT_ID = "a0000000-0000-4000-8000-000000000005"

_CREATED = "2025-01-06T08:00:00Z"
_CONTOSO_PEOPLE = (
    ("Reception", "Front of house", "Receptionist", "SPB"),
    ("Office", "Administration", "Office manager", "SPB"),
    ("Accounts", "Finance", "Bookkeeper", "SPB"),
    ("Payroll", "Finance", "Payroll clerk", "O365_BUSINESS_PREMIUM"),
    ("Sales", "Sales", "Sales lead", "SPB"),
    ("Field Sales", "Sales", "Field sales", "O365_BUSINESS_ESSENTIALS"),
    ("Marketing", "Marketing", "Marketing lead", "O365_BUSINESS_PREMIUM"),
    ("Warehouse", "Operations", "Warehouse lead", "SPE_F1"),
    ("Warehouse Night Shift", "Operations", "Warehouse operative", "SPE_F1"),
    ("Dispatch", "Operations", "Dispatcher", "O365_BUSINESS_ESSENTIALS"),
    ("Director", "Management", "Managing director", "SPB"),
    ("Meeting Room", "Facilities", "Shared room", None),
)
_CONTOSO_GROUPS = (
    ("All Company", "Unified", (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
    ("Sales", "Unified", (4, 5)),
    ("Finance", "Unified", (2, 3)),
    ("Operations", "Unified", (7, 8, 9)),
    ("VPN users", "Security", (1, 4, 10)),
    ("MFA enforced", "Security", (0, 1, 2, 3, 4)),
    ("Warehouse tablets", "Security", (7, 8)),
    ("All Staff mail", "Distribution", (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
)
_CONTOSO_SEATS = {
    "SPB": 10, "O365_BUSINESS_PREMIUM": 5, "O365_BUSINESS_ESSENTIALS": 4, "SPE_F1": 2,
    "EXCHANGESTANDARD": 3, "AAD_PREMIUM_P2": 2, "POWER_BI_PRO": 3, "VISIOCLIENT": 1, "MCOMEETADV": 5,
    "ATP_ENTERPRISE": 12,
}  # fmt: skip
_FABRIKAM_SEATS = {
    "SPE_E3": 8, "SPE_E5": 2, "ENTERPRISEPACK": 4, "ENTERPRISEPREMIUM": 1, "EMS": 4, "EMSPREMIUM": 2,
    "PROJECTPROFESSIONAL": 2, "MCOEV": 6, "Microsoft_365_Copilot": 3,
}  # fmt: skip
_NORTHWIND_SEATS = {
    "O365_BUSINESS_ESSENTIALS": 6, "O365_BUSINESS": 3, "OFFICESUBSCRIPTION": 2, "STANDARDPACK": 4,
    "DESKLESSPACK": 5, "M365_F1": 5, "EXCHANGEENTERPRISE": 2, "EXCHANGEDESKLESS": 4, "AAD_PREMIUM": 3,
    "INTUNE_A": 3,
}  # fmt: skip


def seed() -> Directory:
    """A fresh directory; the same ids each time."""
    contoso = _tenant(CONTOSO.tenant_id, "Contoso", CONTOSO.domain, _CONTOSO_SEATS)
    for label, department, job, sku in _CONTOSO_PEOPLE:
        _add_user(contoso, label, department, job, sku)
    for label, kind, members in _CONTOSO_GROUPS:
        _add_group(contoso, label, kind, members)
    add_showcase(contoso, _today(), new_user(""))
    fabrikam = _tenant(FABRIKAM.tenant_id, "Fabrikam", FABRIKAM.domain, _FABRIKAM_SEATS)
    for label in ("Design Desk", "Engineering", "Front Desk", "Studio"):
        _add_user(fabrikam, label, "Office", "Team account", "SPE_E3")
    _add_group(fabrikam, "Everyone", "Unified", (0, 1, 2, 3))
    northwind = _tenant(NORTHWIND.tenant_id, "Northwind Traders", NORTHWIND.domain, _NORTHWIND_SEATS)
    for label in ("Orders", "Shop Floor", "Stock Room"):
        _add_user(northwind, label, "Shop", "Team account", "O365_BUSINESS_ESSENTIALS")
    _add_group(northwind, "Shop", "Security", (0, 1, 2))
    adventure = _tenant(ADVENTURE_WORKS_TENANT_ID, "Adventure Works", "adventureworks.example", {"SPB": 3})
    _add_user(adventure, "Bookings", "Office", "Team account", "SPB")
    msp = _tenant(MSP.tenant_id, MSP.name, MSP.domain, {"SPE_E3": 5})
    tenants = (msp, contoso, fabrikam, northwind, adventure)
    account = ServiceAccount([GRAPH_REFRESH_TOKEN])
    return Directory({tenant.id: tenant for tenant in tenants}, _relationships(), account)


def _tenant(tenant_id: str, name: str, domain: str, seats: dict[str, int]) -> Tenant:
    return Tenant(tenant_id, name, domain, seats={BY_PART_NUMBER[key].id: n for key, n in seats.items()})


def _fixed_id(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def _add_user(tenant: Tenant, label: str, department: str, job: str, sku: str | None) -> None:
    nickname = label.lower().replace(" ", ".")
    name = f"{tenant.name} {label}"
    user = new_user(
        _fixed_id(tenant.id, "user", nickname),
        displayName=name,
        givenName=tenant.name,
        surname=label,
        userPrincipalName=f"{nickname}@{tenant.domain}",
        mail=f"{nickname}@{tenant.domain}",
        mailNickname=nickname,
        department=department,
        jobTitle=job,
        usageLocation="GB",
        createdDateTime=_CREATED,
    )
    if sku is not None:
        user["assignedLicenses"] = [{"skuId": BY_PART_NUMBER[sku].id, "disabledPlans": []}]
    tenant.users[user["id"]] = user


def _add_group(tenant: Tenant, label: str, kind: str, members: tuple[int, ...]) -> None:
    nickname = label.lower().replace(" ", "-")
    group = new_group(_fixed_id(tenant.id, "group", nickname), tenant, label, kind)
    tenant.groups[group["id"]] = group
    ids = list(tenant.users)
    tenant.members[group["id"]] = [ids[index] for index in members]


def new_group(group_id: str, tenant: Tenant, label: str, kind: str) -> Json:
    """A group of kind `Security`, `Unified` (Microsoft 365) or `Distribution`."""
    nickname = label.lower().replace(" ", "-")
    has_mail = kind != "Security"
    return {
        "id": group_id,
        "displayName": label,
        "description": f"{label} at {tenant.name}",
        "mailNickname": nickname,
        "mail": f"{nickname}@{tenant.domain}" if has_mail else None,
        "mailEnabled": has_mail,
        "securityEnabled": kind == "Security",
        "groupTypes": ["Unified"] if kind == "Unified" else [],
        "isAssignableToRole": None,
        "createdDateTime": _CREATED,
    }


def new_user(user_id: str, **values: object) -> Json:
    """A user with every property that the sandbox knows."""
    user: Json = {
        "id": user_id,
        "displayName": None,
        "givenName": None,
        "surname": None,
        "userPrincipalName": None,
        "mail": None,
        "mailNickname": None,
        "jobTitle": None,
        "department": None,
        "companyName": None,
        "employeeId": None,
        "officeLocation": None,
        "mobilePhone": None,
        "businessPhones": [],
        "preferredLanguage": None,
        "usageLocation": None,
        "accountEnabled": True,
        "userType": "Member",
        "externalUserState": None,
        "onPremisesSyncEnabled": None,
        "signInActivity": None,
        "createdDateTime": None,
        "signInSessionsValidFromDateTime": _CREATED,
        "assignedLicenses": [],
        "passwordProfile": None,
    }
    return user | values


def _today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _relationships() -> list[Json]:
    """Granular delegated administration: who trusts the MSP, with which roles, how long."""
    today = _today()
    wide = (USER_ADMINISTRATOR, LICENSE_ADMINISTRATOR, GROUPS_ADMINISTRATOR)
    return [
        relationship(CONTOSO.tenant_id, "Contoso", wide, today, days_left=400),
        relationship(FABRIKAM.tenant_id, "Fabrikam", wide, today, days_left=20),
        relationship(NORTHWIND.tenant_id, "Northwind Traders", (DIRECTORY_READERS,), today, days_left=200),
        relationship(ADVENTURE_WORKS_TENANT_ID, "Adventure Works", wide, today, days_left=700),
        relationship(TAILSPIN_TENANT_ID, "Tailspin Toys", wide, today, days_left=-30),
    ]


def relationship(
    tenant_id: str, name: str, roles: tuple[str, ...], today: datetime, *, days_left: int
) -> Json:
    """A relationship of two years that ends so many days after `today`."""
    end = today + timedelta(days=days_left)
    start = end - timedelta(days=730)
    return {
        "id": f"{_fixed_id(tenant_id, 'relationship')}-{_fixed_id(tenant_id, 'contract')}",
        "displayName": f"{name} support",
        "duration": "P730D",
        "autoExtendDuration": "PT0S",
        "customer": {"tenantId": tenant_id, "displayName": name},
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]},
        "status": "active" if days_left > 0 else "expired",
        "createdDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "activatedDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "lastModifiedDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }
