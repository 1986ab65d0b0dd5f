"""Graph's relationships, read defensively: an entry that makes no sense costs nothing but itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from msp_automation.integrations.msgraph_roles import role_name
from msp_core.gdap.models import GdapCustomer, GdapRelationship, GdapRole

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]+")
_LONGEST_NAME: Final = 200
_EXTENDS_NOT: Final = frozenset({"", "PT0S", "P0D"})


def read_customers(relationships: Iterable[Any], customers: Iterable[Any]) -> list[GdapCustomer]:
    """Every tenant that has or had a relationship with the MSP, by name.

    Args:
        relationships: Entries of `delegatedAdminRelationships`; one that waits for its customer has none yet.
        customers: Entries of `delegatedAdminCustomers`, whose names are current.
    """
    by_tenant: defaultdict[str, list[GdapRelationship]] = defaultdict(list)
    names: dict[str, str] = {}
    for entry in relationships:
        tenant_id, name = _customer(_dict(entry).get("customer"))
        if tenant_id is not None:
            by_tenant[tenant_id].append(_relationship(_dict(entry)))
            names.setdefault(tenant_id, name)
    for entry in customers:
        tenant_id, name = _customer(entry)
        if tenant_id is not None:
            by_tenant.setdefault(tenant_id, [])
            names[tenant_id] = name
    found = (
        GdapCustomer(tenant_id=tenant_id, display_name=names[tenant_id], relationships=tuple(several))
        for tenant_id, several in by_tenant.items()
    )
    return sorted(found, key=lambda one: (one.display_name.casefold(), one.tenant_id))


def _customer(value: Any) -> tuple[str | None, str]:
    fields = _dict(value)
    tenant_id = str(fields.get("tenantId") or "").lower()
    if _UUID.fullmatch(tenant_id) is None:
        return None, ""
    name = _UNPRINTABLE.sub(" ", str(fields.get("displayName") or "")).strip()[:_LONGEST_NAME].strip()
    return tenant_id, name or tenant_id


def _relationship(entry: dict[str, Any]) -> GdapRelationship:
    roles = _dict(entry.get("accessDetails")).get("unifiedRoles")
    ids = [_dict(role).get("roleDefinitionId") for role in roles] if isinstance(roles, list) else []
    return GdapRelationship(
        id=str(entry.get("id") or ""),
        display_name=str(entry.get("displayName") or ""),
        status=str(entry.get("status") or "unknown"),
        roles=tuple(GdapRole(id=one, name=role_name(one)) for one in ids if isinstance(one, str)),
        ends_at=_moment(entry.get("endDateTime")),
        extends_itself=str(entry.get("autoExtendDuration") or "") not in _EXTENDS_NOT,
    )


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
