"""What a call needs: a permission of the application and, for the service account, a role over it.

Source: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
"""

from __future__ import annotations

from collections.abc import Collection

READ_USERS = "User.Read.All"
WRITE_USERS = "User.ReadWrite.All"
ASSIGN_LICENCES = "LicenseAssignment.ReadWrite.All"
READ_GROUPS = "Group.Read.All"
WRITE_MEMBERS = "GroupMember.ReadWrite.All"
READ_ORGANIZATION = "Organization.Read.All"
READ_RELATIONSHIPS = "DelegatedAdminRelationship.Read.All"
CREATE_GROUPS = "Group.Create"
REVOKE_SESSIONS = "User.RevokeSessions.All"
WRITE_PASSWORDS = "User-PasswordProfile.ReadWrite.All"
READ_REPORTS = "AuditLog.Read.All"
READ_ROLES = "RoleManagement.Read.Directory"
READ_MAILBOX_SETTINGS = "MailboxSettings.Read"
READ_APPLICATIONS = "Application.Read.All"
CONSENTED = (
    READ_USERS, WRITE_USERS, ASSIGN_LICENCES, READ_GROUPS, WRITE_MEMBERS, READ_ORGANIZATION,
    CREATE_GROUPS, WRITE_PASSWORDS, READ_REPORTS, READ_ROLES, READ_MAILBOX_SETTINGS, READ_APPLICATIONS,
    REVOKE_SESSIONS,
)  # fmt: skip
# What another permission allows, too.
_PART_OF = {READ_USERS: WRITE_USERS, REVOKE_SESSIONS: WRITE_USERS}

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"
LICENSE_ADMINISTRATOR = "4d6ac14f-3453-41d0-bef9-a3e0c569773a"
GROUPS_ADMINISTRATOR = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
REPORTS_READER = "4a5d8f65-41da-4de4-8968-e035b65339cf"
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"

_WRITERS = {
    WRITE_USERS: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR}),
    ASSIGN_LICENCES: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR, LICENSE_ADMINISTRATOR}),
    WRITE_MEMBERS: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR, GROUPS_ADMINISTRATOR}),
    CREATE_GROUPS: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR, GROUPS_ADMINISTRATOR}),
    REVOKE_SESSIONS: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR, HELPDESK_ADMINISTRATOR}),
    WRITE_PASSWORDS: frozenset({GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR, HELPDESK_ADMINISTRATOR}),
}
_READERS = frozenset({GLOBAL_READER, DIRECTORY_READERS}).union(*_WRITERS.values())
# No role opens other people's mailboxes: their rules are for the application alone.
_READ = {
    **dict.fromkeys((READ_USERS, READ_GROUPS, READ_ORGANIZATION, READ_ROLES, READ_APPLICATIONS), _READERS),
    READ_REPORTS: frozenset({GLOBAL_ADMINISTRATOR, GLOBAL_READER, REPORTS_READER, SECURITY_READER}),
}


def includes(granted: Collection[str], permission: str) -> bool:
    """Whether these permissions of an application allow what `permission` is for."""
    return permission in granted or _PART_OF.get(permission) in granted


def allows(roles: frozenset[str], permission: str) -> bool:
    """Whether somebody with these roles may do what the permission is for."""
    return bool(roles & {**_READ, **_WRITERS}.get(permission, frozenset()))
