"""Entra's built-in roles, as GDAP relationships grant them, and which one a refused call needs.

Source: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
"""

from __future__ import annotations

ROLE_NAMES = {
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "c4e39bd9-1100-46d3-8c65-fb160da0071f": "Authentication Administrator",
    "b0f54661-2d74-4c50-afa3-1ec803f12efe": "Billing Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "7698a772-787b-4ac8-901f-60d6b08affd2": "Cloud Device Administrator",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b": "Directory Readers",
    "9360feb5-f418-4baa-8175-e2a00bac4301": "Directory Writers",
    "8329153b-31d0-4727-b945-745eb3bc5f31": "Domain Name Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "fdd7a751-b60b-444a-984c-02652fe8fa1c": "Groups Administrator",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
    "3a2c62db-5318-420d-8d74-23affee5d9d5": "Intune Administrator",
    "4d6ac14f-3453-41d0-bef9-a3e0c569773a": "License Administrator",
    "966707d0-3269-4727-9be2-8c3a10f19b9d": "Password Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "4a5d8f65-41da-4de4-8968-e035b65339cf": "Reports Reader",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
    "f023fd81-a637-4b56-95fd-791ac0226033": "Service Support Administrator",
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": "SharePoint Administrator",
    "69091246-20e8-4a56-aa4d-066075b2a7a8": "Teams Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
}

# By the first segment of the path: what reading and changing it takes at least.
_ROLES = {
    "users": ("Directory Readers", "User Administrator"),
    "groups": ("Directory Readers", "Groups Administrator"),
    "directoryobjects": ("Directory Readers", "Directory Writers"),
    "organization": ("Directory Readers", "Global Administrator"),
    "subscribedskus": ("Directory Readers", "License Administrator"),
    "domains": ("Directory Readers", "Domain Name Administrator"),
    "devices": ("Directory Readers", "Cloud Device Administrator"),
    "auditlogs": ("Reports Reader", "Reports Reader"),
    "applications": ("Directory Readers", "Cloud Application Administrator"),
    "rolemanagement": ("Directory Readers", "Privileged Role Administrator"),
    "reports": ("Reports Reader", "Reports Reader"),
}
_BY_ACTION = {"assignLicense": "License Administrator", "revokeSignInSessions": "User Administrator"}
_APPLICATION_ONLY = frozenset({"messageRules"})


def role_name(role_id: str) -> str:
    """A role's name; its id where the role is one of the rarer ones."""
    return ROLE_NAMES.get(role_id.lower(), role_id)


def missing_role(method: str, path: str) -> str:
    """What a service account's refused call needs, and where to get it, in two sentences."""
    segments = [segment for segment in path.split("/") if segment]
    if segments and segments[-1] in _APPLICATION_ONLY:
        return (
            "No role opens other people's mailboxes to the service account. Let the organization's Microsoft "
            "Graph integration sign in as the application for this."
        )
    role = _BY_ACTION.get(segments[-1]) if segments else None
    if role is None and segments and segments[0].lower() in _ROLES:
        role = _ROLES[segments[0].lower()][0 if method == "GET" else 1]
    need = "lacks a role" if role is None else f"needs the role {role}"
    return (
        f"The service account {need} in this tenant. "
        "Add it to the GDAP relationship, and the account's security group to the role, in Partner Center."
    )
