"""Objects of a tenant in Graph's shapes, for the seed and for tests; times are so many days from now."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msp_automation.sandboxes.graph.state import Json, Tenant

Days = Mapping[str, float]


def at(moment: datetime, *, days: float = 0) -> str:
    """A time as Graph writes it, so many days after `moment`."""
    return f"{moment + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def sign_in_activity(moment: datetime, *, days_ago: float) -> Json:
    """Sign-ins of which the last one, successful and interactive, was so long ago."""
    time = at(moment, days=-days_ago)
    return {
        "lastSignInDateTime": time,
        "lastSignInRequestId": str(uuid.uuid5(uuid.NAMESPACE_URL, time)),
        "lastNonInteractiveSignInDateTime": None,
        "lastNonInteractiveSignInRequestId": "",
        "lastSuccessfulSignInDateTime": time,
        "lastSuccessfulSignInRequestId": str(uuid.uuid5(uuid.NAMESPACE_URL, time)),
    }


def guest(tenant: Tenant, email: str, moment: datetime, *, invited_days_ago: float) -> Json:
    """The properties of a guest; the sign-in name is made of the address, as Entra does."""
    name = email.partition("@")[0]
    return {
        "displayName": name.replace(".", " ").title(),
        "userPrincipalName": f"{email.replace('@', '_')}#EXT#@{tenant.domain}",
        "mail": email,
        "mailNickname": f"{email.replace('@', '_')}#EXT#",
        "userType": "Guest",
        "externalUserState": "PendingAcceptance",
        "createdDateTime": at(moment, days=-invited_days_ago),
    }


def inbox_rule(number: int, name: str, actions: Mapping[str, Sequence[str]], *, is_enabled: bool) -> Json:
    """An inbox rule whose actions send to these addresses: `forwardTo`, `redirectTo`, …"""
    return {
        "id": base64.b64encode(f"rule{number}".encode()).decode(),
        "displayName": name,
        "sequence": number,
        "isEnabled": is_enabled,
        "hasError": False,
        "isReadOnly": False,
        "conditions": None,
        "exceptions": None,
        "actions": {
            "stopProcessingRules": True,
            **{
                action: [{"emailAddress": {"name": address, "address": address}} for address in addresses]
                for action, addresses in actions.items()
                if addresses
            },
        },
    }


def application(
    application_id: str,
    tenant: Tenant,
    name: str,
    moment: datetime,
    *,
    secrets: Days,
    certificates: Days,
) -> Json:
    """An app registration whose secrets and certificates, by name, end in so many days."""
    return {
        "id": application_id,
        "appId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{application_id}/app")),
        "displayName": name,
        "createdDateTime": at(moment, days=-400),
        "publisherDomain": tenant.domain,
        "signInAudience": "AzureADMyOrg",
        "identifierUris": [],
        "passwordCredentials": [
            _credential(application_id, label, moment, days)
            | {"hint": "abc", "secretText": None, "customKeyIdentifier": None}
            for label, days in secrets.items()
        ],
        "keyCredentials": [
            _credential(application_id, label, moment, days)
            | {"key": None, "type": "AsymmetricX509Cert", "usage": "Verify", "customKeyIdentifier": "AA=="}
            for label, days in certificates.items()
        ],
    }


def _credential(application_id: str, label: str, moment: datetime, days: float) -> Json:
    return {
        "keyId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{application_id}/{label}")),
        "displayName": label,
        "startDateTime": at(moment, days=days - 365),
        "endDateTime": at(moment, days=days),
    }
