"""What makes reports on Contoso worth reading: a stale guest, gaps in MFA, a forwarding rule, old secrets."""

from __future__ import annotations

import uuid
from datetime import datetime

from msp_automation.sandboxes.graph import making
from msp_automation.sandboxes.graph.permissions import GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR
from msp_automation.sandboxes.graph.state import Json, Tenant

# (address, invited so many days ago, last seen so many days ago)
_GUESTS = (("old.auditor@audit.example", 700, 200), ("web.agency@agency.example", 90, 3))
_WITHOUT_MFA = ("Office", "Payroll", "Warehouse Night Shift", "Meeting Room")
_APPLICATIONS: tuple[tuple[str, dict[str, float], dict[str, float]], ...] = (
    ("Website contact form", {"mail relay": 10}, {}),
    ("Warehouse scanners", {"old": -5, "new": 300}, {}),
    ("Backup", {}, {"backup.contoso.example": 200}),
)


def add_showcase(tenant: Tenant, today: datetime, new_user: Json) -> None:
    """Put guests, roles, methods, a rule and applications into a tenant of named accounts.

    Args:
        new_user: A user with every property; the guests are made of it.
    """
    people = {user["surname"]: user for user in tenant.users.values()}
    for email, invited, seen in _GUESTS:
        values = making.guest(tenant, email, today, invited_days_ago=invited)
        one = {**new_user, **values, "id": _fixed_id(tenant, email), "externalUserState": "Accepted"}
        one["signInActivity"] = making.sign_in_activity(today, days_ago=seen)
        tenant.users[one["id"]] = one
    for number, (label, user) in enumerate(people.items()):
        user["signInActivity"] = making.sign_in_activity(today, days_ago=number / 2)
        if label not in _WITHOUT_MFA:
            tenant.methods[user["id"]] = ["microsoftAuthenticatorPush", "mobilePhone"]
    tenant.roles[people["Director"]["id"]] = [GLOBAL_ADMINISTRATOR]
    tenant.roles[people["Office"]["id"]] = [HELPDESK_ADMINISTRATOR]
    rule = making.inbox_rule(1, "Invoices", {"forwardTo": ["invoices@freemail.example"]}, is_enabled=True)
    tenant.rules[people["Accounts"]["id"]] = [rule]
    for name, secrets, certificates in _APPLICATIONS:
        entry = making.application(
            _fixed_id(tenant, name), tenant, name, today, secrets=secrets, certificates=certificates
        )
        tenant.applications[entry["id"]] = entry


def _fixed_id(tenant: Tenant, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{tenant.id}/showcase/{name}"))
